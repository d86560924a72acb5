package dev.tangram.engine.file.gguf;

/** Strict UTF-8: shortest forms only, no surrogates, nothing above U+10FFFF. */
public final class Utf8 {
  private Utf8() {}

  /** The index of the first byte of the first bad sequence in [from, to), or -1. */
  public static int firstInvalid(byte[] bytes, int from, int to) {
    int i = from;
    while (i < to) {
      int lead = bytes[i];
      if (lead >= 0) {
        i++;
        continue;
      }
      int length = lengthOf(lead & 0xFF);
      if (length == 0 || to - i < length || !follows(bytes, i, length)) {
        return i;
      }
      i += length;
    }
    return -1;
  }

  /** Bytes of the sequence that this byte leads, or 0 if it cannot lead one. */
  private static int lengthOf(int lead) {
    if (lead >= 0xC2 && lead <= 0xDF) {
      return 2;
    }
    if (lead >= 0xE0 && lead <= 0xEF) {
      return 3;
    }
    return lead >= 0xF0 && lead <= 0xF4 ? 4 : 0;
  }

  private static boolean follows(byte[] bytes, int at, int length) {
    int lead = bytes[at] & 0xFF;
    int second = bytes[at + 1] & 0xFF;
    // The second byte carries the rules against long forms (E0, F0), surrogates (ED) and the end of
    // Unicode (F4).
    int least = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    int most = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (second < least || second > most) {
      return false;
    }
    for (int i = 2; i < length; i++) {
      if ((bytes[at + i] & 0xC0) != 0x80) {
        return false;
      }
    }
    return true;
  }
}
