package dev.tangram.engine.token;

/** UTF-8 one code point at a time. */
final class Utf8 {
  /** What a surrogate without its partner is written as. */
  static final int REPLACEMENT = 0xFFFD;

  private Utf8() {}

  /**
   * The bytes of a code point, the first in the lowest 8 bits; how many there are is in the bits
   * from 32.
   */
  static long encode(int codePoint) {
    int c = codePoint >= 0xD800 && codePoint <= 0xDFFF ? REPLACEMENT : codePoint;
    if (c < 0x80) {
      return 1L << 32 | c;
    }
    if (c < 0x800) {
      return 2L << 32 | (0xC0 | c >> 6) | (0x80 | c & 0x3F) << 8;
    }
    if (c < 0x10000) {
      return 3L << 32 | (0xE0 | c >> 12) | (0x80 | c >> 6 & 0x3F) << 8 | (0x80 | c & 0x3F) << 16;
    }
    long low = (0xF0 | c >> 18) | (0x80 | c >> 12 & 0x3F) << 8 | (0x80 | c >> 6 & 0x3F) << 16;
    return 4L << 32 | low | (0x80L | c & 0x3F) << 24;
  }

  static int length(long encoded) {
    return (int) (encoded >>> 32);
  }

  static int at(long encoded, int index) {
    return (int) (encoded >>> 8 * index) & 0xFF;
  }
}
