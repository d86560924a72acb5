package dev.tangram.engine.token;

/**
 * The character classes that the splitting rules of models speak of, as bits, by code point. They
 * equal those of {@code java.util.regex} with {@code UNICODE_CHARACTER_CLASS}.
 */
final class CharClass {
  /** {@code \p{L}}. */
  static final int LETTER = 1;

  /** {@code \p{N}}. */
  static final int NUMBER = 2;

  /** {@code \p{M}}. */
  static final int MARK = 4;

  /** {@code \s}: the Unicode property White_Space. */
  static final int SPACE = 8;

  /** {@code [\r\n]}; such a character is {@link #SPACE} too. */
  static final int NEWLINE = 16;

  private static final byte[] BASIC_PLANE = new byte[0x10000];

  static {
    for (int c = 0; c < BASIC_PLANE.length; c++) {
      BASIC_PLANE[c] = (byte) classify(c);
    }
  }

  private CharClass() {}

  /** The bits of a code point. */
  static int of(int codePoint) {
    return codePoint < 0x10000 ? BASIC_PLANE[codePoint] : classify(codePoint);
  }

  private static int classify(int c) {
    if (c == '\r' || c == '\n') {
      return SPACE | NEWLINE;
    }
    if (c >= 0x09 && c <= 0x0D || c == 0x85) {
      return SPACE;
    }
    return switch (Character.getType(c)) {
      case Character.UPPERCASE_LETTER,
          Character.LOWERCASE_LETTER,
          Character.TITLECASE_LETTER,
          Character.MODIFIER_LETTER,
          Character.OTHER_LETTER ->
          LETTER;
      case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER ->
          NUMBER;
      case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.COMBINING_SPACING_MARK ->
          MARK;
      case Character.SPACE_SEPARATOR, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
          SPACE;
      default -> 0;
    };
  }
}
