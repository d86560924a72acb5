package dev.tangram.engine.token;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * GPT-2's way to spell bytes with printable characters: 33..126, 161..172 and 174..255 are the
 * character of the same number, the other 68 bytes in increasing order U+0100, U+0101 and so on (a
 * space is U+0120).
 */
final class ByteAlphabet {
  private static final char[] CHARS = new char[256];
  private static final short[] BYTES = new short[256 + 68];

  static {
    Arrays.fill(BYTES, (short) -1);
    char other = 256;
    for (int b = 0; b < 256; b++) {
      boolean printable = b >= 33 && b <= 126 || b >= 161 && b <= 172 || b >= 174;
      CHARS[b] = printable ? (char) b : other++;
      BYTES[CHARS[b]] = (short) b;
    }
  }

  private ByteAlphabet() {}

  /**
   * @param b in [0, 256)
   */
  static char spell(int b) {
    return CHARS[b];
  }

  /**
   * The bytes that a spelling stands for; its own UTF-8 if it has a character that is not of the
   * alphabet.
   */
  static byte[] bytes(String spelling) {
    byte[] bytes = new byte[spelling.length()];
    for (int i = 0; i < bytes.length; i++) {
      char c = spelling.charAt(i);
      if (c >= BYTES.length || BYTES[c] < 0) {
        return spelling.getBytes(StandardCharsets.UTF_8);
      }
      bytes[i] = (byte) BYTES[c];
    }
    return bytes;
  }
}
