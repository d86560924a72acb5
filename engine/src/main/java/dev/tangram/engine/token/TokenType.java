package dev.tangram.engine.token;

/** What a token is for, as {@code tokenizer.ggml.token_type} numbers it (1 to 6, in this order). */
enum TokenType {
  /** Ordinary text; the only kind that merging may build. */
  NORMAL,
  /** The stand-in for text that has no token; never shown. */
  UNKNOWN,
  /** Steers the model; never shown, and never made from text that is not trusted. */
  CONTROL,
  /** Found as a whole in the text before anything else is cut; shown as it is spelt. */
  USER_DEFINED,
  /** Padding of the table; never shown, never made from text. */
  UNUSED,
  /** One raw byte, spelt {@code <0x0A>}. */
  BYTE;

  private static final TokenType[] ALL = values();

  /** Number of types: a file's codes are in [1, COUNT]. */
  static final int COUNT = ALL.length;

  static TokenType ofCode(int code) {
    return ALL[code - 1];
  }

  byte code() {
    return (byte) (ordinal() + 1);
  }
}
