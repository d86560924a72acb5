package dev.tangram.engine.token;

import static dev.tangram.engine.token.CharClass.NEWLINE;
import static dev.tangram.engine.token.CharClass.NUMBER;
import static dev.tangram.engine.token.CharClass.SPACE;

/**
 * The rule of Llama 3 and of the Qwens, which differ in two places, written here as W and {1,n}:
 *
 * <pre>
 * (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[W]+|\p{N}{1,n}| ?[^\s[W]\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
 * </pre>
 *
 * @param wordClasses W: {@link CharClass#LETTER}, with or without {@link CharClass#MARK}
 * @param digitsMax n: how many digits may stay together
 */
record WordSplitter(int wordClasses, int digitsMax) implements Splitter {
  @Override
  public int next(String text, int from, int to) {
    int first = text.codePointAt(from);
    int classes = CharClass.of(first);
    if (first == '\'') {
      int end = Scan.contraction(text, from, to, true);
      if (end > from) {
        return end;
      }
    }
    if ((classes & wordClasses) != 0) {
      return Scan.runOf(text, from, to, wordClasses);
    }
    if ((classes & NUMBER) != 0) {
      return digits(text, from, to);
    }
    int second = from + Character.charCount(first);
    int after = second < to ? CharClass.of(text.codePointAt(second)) : SPACE;
    if ((classes & NEWLINE) == 0 && (after & wordClasses) != 0) {
      return Scan.runOf(text, second, to, wordClasses);
    }
    int solid = SPACE | NUMBER | wordClasses;
    if ((classes & SPACE) == 0 || first == ' ' && (after & solid) == 0) {
      int end = Scan.runWithout(text, second, to, solid);
      return Scan.runOf(text, end, to, NEWLINE);
    }
    return spaces(text, from, to);
  }

  private int digits(String text, int from, int to) {
    int end = from;
    for (int i = 0; i < digitsMax && end < to; i++) {
      int c = text.codePointAt(end);
      if ((CharClass.of(c) & NUMBER) == 0) {
        break;
      }
      end += Character.charCount(c);
    }
    return end;
  }

  /**
   * White space up to its last line break; without one, all but the last before a word, or all at
   * the end.
   */
  private static int spaces(String text, int from, int to) {
    int end = Scan.runOf(text, from, to, SPACE);
    for (int i = end; i > from; i--) {
      char c = text.charAt(i - 1);
      if (c == '\n' || c == '\r') {
        return i;
      }
    }
    return end == to || end - from == 1 ? end : end - 1;
  }
}
