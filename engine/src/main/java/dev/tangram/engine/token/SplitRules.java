package dev.tangram.engine.token;

import static dev.tangram.engine.token.CharClass.LETTER;
import static dev.tangram.engine.token.CharClass.MARK;

import dev.tangram.engine.file.ModelFormatException;
import java.util.Map;
import java.util.TreeSet;

/**
 * What a byte-level vocabulary does to text before it merges, by the name in {@code
 * tokenizer.ggml.pre}.
 *
 * @param composed whether text is brought to NFC first
 * @param wholeWordsFirst whether a word that is a token as it stands is not merged
 *     ("ignore_merges")
 * @param beginsByDefault whether a begin token is put first if the file does not say
 */
record SplitRules(
    Splitter splitter, boolean composed, boolean wholeWordsFirst, boolean beginsByDefault) {
  static final String KEY = "tokenizer.ggml.pre";

  private static final SplitRules LLAMA_3 =
      new SplitRules(new WordSplitter(LETTER, 3), false, true, true);
  private static final SplitRules DIGITS_APART =
      new SplitRules(new Gpt2Splitter(true), false, false, false);

  private static final Map<String, SplitRules> BY_NAME =
      Map.of(
          "qwen2", new SplitRules(new WordSplitter(LETTER, 1), true, false, false),
          "qwen35", new SplitRules(new WordSplitter(LETTER | MARK, 1), true, false, false),
          "llama-bpe", LLAMA_3,
          "llama3", LLAMA_3,
          "llama-v3", LLAMA_3,
          "smollm", DIGITS_APART,
          "starcoder", DIGITS_APART,
          "gpt-2", new SplitRules(new Gpt2Splitter(false), false, false, false));

  /**
   * The rules of a name; a wrong guess would give wrong ids silently, so an unknown name is
   * refused.
   */
  static SplitRules named(String name, String file) {
    SplitRules rules = name == null ? null : BY_NAME.get(name);
    if (rules == null) {
      throw new ModelFormatException(
          file,
          KEY,
          name == null ? "nothing" : Quoted.of(name),
          "one of " + new TreeSet<>(BY_NAME.keySet()));
    }
    return rules;
  }
}
