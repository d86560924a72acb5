package dev.tangram.engine.prompt;

/**
 * Finds strings in strings in linear time: the JDK's search takes the product of both lengths for hostile ones, so it
 * only gets short patterns.
 */
final class Search {
  private static final int SHORT = 16;

  private Search() {}

  /** The first place at or after {@code from}, or -1. */
  static int first(String string, String part, int from) {
    return part.length() <= SHORT ? string.indexOf(part, from) : linear(string, part, from, false);
  }

  /** The last place at or before {@code from}, or -1. */
  static int last(String string, String part, int from) {
    if (part.length() <= SHORT) {
      return string.lastIndexOf(part, from);
    }
    int mirrored = Math.max(0, string.length() - part.length() - from);
    int at = linear(string, part, mirrored, true);
    return at < 0 ? -1 : string.length() - part.length() - at;
  }

  /** Knuth, Morris and Pratt; mirrored, both strings are read from their ends. */
  private static int linear(String string, String part, int from, boolean mirrored) {
    int length = part.length();
    if (from < 0 || string.length() - from < length) {
      return -1;
    }
    int[] border = new int[length];
    for (int i = 1, k = 0; i < length; i++) {
      char c = at(part, i, mirrored);
      while (k > 0 && at(part, k, mirrored) != c) {
        k = border[k - 1];
      }
      k += at(part, k, mirrored) == c ? 1 : 0;
      border[i] = k;
    }
    for (int i = from, k = 0; i < string.length(); i++) {
      char c = at(string, i, mirrored);
      while (k > 0 && at(part, k, mirrored) != c) {
        k = border[k - 1];
      }
      k += at(part, k, mirrored) == c ? 1 : 0;
      if (k == length) {
        return i - length + 1;
      }
    }
    return -1;
  }

  private static char at(String string, int i, boolean mirrored) {
    return string.charAt(mirrored ? string.length() - 1 - i : i);
  }
}
