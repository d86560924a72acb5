package dev.tangram.engine.token;

/** The kinds of characters as BERT's tokenizers tell them apart. */
final class BertText {
  private BertText() {}

  /** Unicode's White_Space, and what Java calls so: line ends, tab, no-break spaces. */
  static boolean isSpace(int c) {
    return c == ' ' || c >= 0x9 && c <= 0xD || c == 0x85 || c > 0x7F && Character.isSpaceChar(c);
  }

  /**
   * What BERT drops: control, format and private use. The reference asks tables of Unicode 8, so
   * marks and signs of younger scripts, some 600, are not told apart there; here they are.
   */
  static boolean isControl(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.PRIVATE_USE -> true;
      default -> false;
    };
  }

  /** What stands alone as a word: Unicode's category P, and ASCII's signs. */
  static boolean isPunctuation(int c) {
    if (c < 0x80) {
      return c > ' ' && c < 0x7F && !Character.isLetterOrDigit(c);
    }
    return switch (Character.getType(c)) {
      case Character.CONNECTOR_PUNCTUATION,
          Character.DASH_PUNCTUATION,
          Character.START_PUNCTUATION,
          Character.END_PUNCTUATION,
          Character.INITIAL_QUOTE_PUNCTUATION,
          Character.FINAL_QUOTE_PUNCTUATION,
          Character.OTHER_PUNCTUATION ->
          true;
      default -> false;
    };
  }

  /** The blocks of CJK ideographs that BERT lists; not kana, not Hangul. */
  static boolean isHan(int c) {
    return c >= 0x4E00 && c <= 0x9FFF
        || c >= 0x3400 && c <= 0x4DBF
        || c >= 0x20000 && c <= 0x2A6DF
        || c >= 0x2A700 && c <= 0x2B73F
        || c >= 0x2B740 && c <= 0x2B81F
        || c >= 0x2B920 && c <= 0x2CEAF
        || c >= 0xF900 && c <= 0xFAFF
        || c >= 0x2F800 && c <= 0x2FA1F;
  }
}
