package dev.tangram.engine.prompt;

/** Python's view of characters. */
final class Characters {
  private Characters() {}

  /** {@code str.isspace} of one character; none lies outside the basic plane. */
  static boolean isSpace(int c) {
    if (c < 0x80) {
      return c == ' ' || (c >= 9 && c <= 13) || (c >= 0x1c && c <= 0x1f);
    }
    return c == 0x85 || Character.isSpaceChar(c);
  }

  static int skipSpace(String string, int from) {
    int i = from;
    while (i < string.length() && isSpace(string.charAt(i))) {
      i++;
    }
    return i;
  }

  static boolean isBlank(String string, int from) {
    return skipSpace(string, from) == string.length();
  }

  static String stripRight(String string) {
    int end = string.length();
    while (end > 0 && isSpace(string.charAt(end - 1))) {
      end--;
    }
    return string.substring(0, end);
  }

  static boolean isNamePart(int c) {
    return c == '_'
        || Character.isLetterOrDigit(c)
        || (c >= 0x80 && Character.isUnicodeIdentifierPart(c));
  }

  /** {@code str.isprintable} of one character. */
  static boolean isPrintable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      case Character.SPACE_SEPARATOR -> c == ' ';
      default -> true;
    };
  }

  static boolean isLineBreak(char c) {
    return (c >= 0x0a && c <= 0x0d)
        || (c >= 0x1c && c <= 0x1e)
        || c == 0x85
        || c == 0x2028
        || c == 0x2029;
  }

  /** Python's order of strings: by code point. */
  static int compare(String a, String b) {
    int length = Math.min(a.length(), b.length());
    for (int i = 0; i < length; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        boolean high = Character.isSurrogate(x) ^ Character.isSurrogate(y);
        return high ? (Character.isSurrogate(x) ? 1 : -1) : Character.compare(x, y);
      }
    }
    return Integer.compare(a.length(), b.length());
  }

  /**
   * Decodes the escapes of a string literal as Python's unicode-escape does; unknown ones stay as
   * they are.
   */
  static String unescape(String body) {
    if (body.indexOf('\\') < 0) {
      return body;
    }
    StringBuilder out = new StringBuilder(body.length());
    for (int i = 0; i < body.length(); i++) {
      char c = body.charAt(i);
      if (c != '\\' || i + 1 == body.length()) {
        out.append(c);
        continue;
      }
      i++;
      char escape = body.charAt(i);
      int simple = "abfnrtv\\'\"".indexOf(escape);
      if (simple >= 0) {
        out.append("\u0007\b\f\n\r\t\u000b\\'\"".charAt(simple));
      } else if (escape == 'x' || escape == 'u' || escape == 'U') {
        i = hex(body, i, escape == 'x' ? 2 : escape == 'u' ? 4 : 8, out);
      } else if (escape >= '0' && escape <= '7') {
        int value = 0;
        int end = Math.min(i + 3, body.length());
        while (i < end && body.charAt(i) >= '0' && body.charAt(i) <= '7') {
          value = value * 8 + body.charAt(i++) - '0';
        }
        i--;
        out.append((char) value);
      } else if (escape != '\n') {
        out.append('\\').append(escape);
      }
    }
    return out.toString();
  }

  private static int hex(String body, int at, int digits, StringBuilder out) {
    int end = at + 1 + digits;
    int value = 0;
    for (int i = at + 1; i < end; i++) {
      int digit = i < body.length() ? Character.digit(body.charAt(i), 16) : -1;
      if (digit < 0 || value >= 0x1000000) {
        throw new Fault("a string has a broken \\" + body.charAt(at) + " escape");
      }
      value = value * 16 + digit;
    }
    if (value > Character.MAX_CODE_POINT) {
      throw new Fault("a string has a \\U escape past the last character");
    }
    out.appendCodePoint(value);
    return end - 1;
  }
}
