package dev.tangram.engine.token;

/** Steps over text that the splitting rules share. Every method looks only at text[from, to). */
final class Scan {
  private Scan() {}

  /** The end of the longest run of characters that have one of the classes. */
  static int runOf(String text, int from, int to, int classes) {
    int i = from;
    while (i < to) {
      int c = text.codePointAt(i);
      if ((CharClass.of(c) & classes) == 0) {
        break;
      }
      i += Character.charCount(c);
    }
    return i;
  }

  /** The end of the longest run of characters that have none of the classes. */
  static int runWithout(String text, int from, int to, int classes) {
    int i = from;
    while (i < to) {
      int c = text.codePointAt(i);
      if ((CharClass.of(c) & classes) != 0) {
        break;
      }
      i += Character.charCount(c);
    }
    return i;
  }

  /**
   * The end of {@code 's|'t|'re|'ve|'m|'ll|'d} at {@code from}, or {@code from} if there is none.
   *
   * @param anyCase also upper case and, as Unicode folds it, the long s U+017F
   */
  static int contraction(String text, int from, int to, boolean anyCase) {
    if (from + 1 >= to) {
      return from;
    }
    char a = letter(text.charAt(from + 1), anyCase);
    if (a == 's' || a == 't' || a == 'm' || a == 'd') {
      return from + 2;
    }
    if (from + 2 >= to) {
      return from;
    }
    char b = letter(text.charAt(from + 2), anyCase);
    boolean two = (a == 'r' || a == 'v') && b == 'e' || a == 'l' && b == 'l';
    return two ? from + 3 : from;
  }

  private static char letter(char c, boolean anyCase) {
    if (!anyCase) {
      return c;
    }
    return c == '\u017F' ? 's' : c >= 'A' && c <= 'Z' ? (char) (c + 32) : c;
  }
}
