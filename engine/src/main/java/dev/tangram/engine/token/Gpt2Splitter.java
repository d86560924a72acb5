package dev.tangram.engine.token;

import static dev.tangram.engine.token.CharClass.LETTER;
import static dev.tangram.engine.token.CharClass.NUMBER;
import static dev.tangram.engine.token.CharClass.SPACE;

/**
 * GPT-2's rule: {@code 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+}.
 *
 * @param digitsApart whether each {@code \p{N}} is cut out first, as a word of its own (SmolLM,
 *     StarCoder); the expression then sees the text between two of them as a whole text
 */
record Gpt2Splitter(boolean digitsApart) implements Splitter {
  @Override
  public int next(String text, int from, int to) {
    int first = text.codePointAt(from);
    int kind = kind(first);
    if (digitsApart && kind == NUMBER) {
      return from + Character.charCount(first);
    }
    if (first == '\'') {
      int end = Scan.contraction(text, from, to, false);
      if (end > from) {
        return end;
      }
    }
    if (kind != SPACE) {
      return run(text, from, to, kind);
    }
    if (first == ' ' && from + 1 < to) {
      int second = kind(text.codePointAt(from + 1));
      if (second != SPACE && !(digitsApart && second == NUMBER)) {
        return run(text, from + 1, to, second);
      }
    }
    int end = Scan.runOf(text, from, to, SPACE);
    boolean last = end == to || digitsApart && kind(text.codePointAt(end)) == NUMBER;
    return last || end - from == 1 ? end : end - 1;
  }

  private static int run(String text, int from, int to, int kind) {
    return kind == 0
        ? Scan.runWithout(text, from, to, SPACE | LETTER | NUMBER)
        : Scan.runOf(text, from, to, kind);
  }

  /** LETTER, NUMBER, SPACE or 0 for anything else. */
  private static int kind(int codePoint) {
    return CharClass.of(codePoint) & (LETTER | NUMBER | SPACE);
  }
}
