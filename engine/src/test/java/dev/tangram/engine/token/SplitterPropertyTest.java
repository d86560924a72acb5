package dev.tangram.engine.token;

import static dev.tangram.engine.token.CharClass.LETTER;
import static dev.tangram.engine.token.CharClass.MARK;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The hand-written splitters cut exactly where the regular expressions of the models cut. */
class SplitterPropertyTest {
  private static final int TEXTS = 20_000;

  private static final Pattern QWEN2 =
      unicode(
          "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}"
              + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+");
  private static final Pattern QWEN35 =
      unicode(
          "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}"
              + "| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+");
  private static final Pattern LLAMA3 =
      unicode(
          "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}"
              + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+");
  private static final Pattern GPT2 =
      unicode("'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+");
  private static final Pattern DIGIT = unicode("\\p{N}");

  private static Pattern unicode(String expression) {
    return Pattern.compile(expression, Pattern.UNICODE_CHARACTER_CLASS);
  }

  @Test
  void qwen2() {
    compare(new WordSplitter(LETTER, 1), text -> matches(QWEN2, text), 1);
  }

  @Test
  void qwen35() {
    compare(new WordSplitter(LETTER | MARK, 1), text -> matches(QWEN35, text), 2);
  }

  @Test
  void llama3() {
    compare(new WordSplitter(LETTER, 3), text -> matches(LLAMA3, text), 3);
  }

  @Test
  void gpt2() {
    compare(new Gpt2Splitter(false), text -> matches(GPT2, text), 4);
  }

  @Test
  void smollmCutsDigitsOutFirst() {
    compare(
        new Gpt2Splitter(true),
        text -> {
          List<String> words = new ArrayList<>();
          int from = 0;
          for (Matcher digit = DIGIT.matcher(text); digit.find(); from = digit.end()) {
            words.addAll(matches(GPT2, text.substring(from, digit.start())));
            words.add(digit.group());
          }
          words.addAll(matches(GPT2, text.substring(from)));
          return words;
        },
        5);
  }

  @Test
  void classesEqualThoseOfRegularExpressions() {
    Pattern[] patterns = {
      unicode("\\p{L}"), unicode("\\p{N}"), unicode("\\p{M}"), unicode("\\s"), unicode("[\\r\\n]")
    };
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      String text = Character.toString(c);
      int classes = 0;
      for (int i = 0; i < patterns.length; i++) {
        classes |= patterns[i].matcher(text).matches() ? 1 << i : 0;
      }
      if (classes != CharClass.of(c)) {
        assertThat(CharClass.of(c)).as("U+%04X", c).isEqualTo(classes);
      }
    }
  }

  private interface Oracle {
    List<String> words(String text);
  }

  private static void compare(Splitter splitter, Oracle oracle, long salt) {
    long seed = Long.getLong("seed", System.nanoTime()) + salt;
    SplittableRandom random = new SplittableRandom(seed);
    for (int n = 0; n < TEXTS; n++) {
      String text = Texts.any(random, 12);
      // Text outside the bounds must not matter.
      String inside = "'" + text + "'";
      List<String> words = new ArrayList<>();
      for (int from = 1; from <= text.length(); ) {
        int next = splitter.next(inside, from, text.length() + 1);
        words.add(inside.substring(from, next));
        from = next;
      }
      if (!words.equals(oracle.words(text))) {
        assertThat(words.stream().map(Texts::show))
            .as("seed=%d, text %s", seed, Texts.show(text))
            .isEqualTo(oracle.words(text).stream().map(Texts::show).toList());
      }
    }
  }

  private static List<String> matches(Pattern pattern, String text) {
    return pattern.matcher(text).results().map(r -> r.group()).toList();
  }
}
