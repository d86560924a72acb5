package dev.tangram.engine.token;

/**
 * Turns ids into text as they come: only whole characters are given out, so up to 3 bytes of an
 * unfinished UTF-8 sequence wait for the next token. Bytes that cannot be UTF-8 become U+FFFD, one
 * for each longest beginning of a sequence (the practice of Unicode and WHATWG, and of Python's
 * {@code errors="replace"}). All outputs joined equal the decoding of all bytes at once. Threads:
 * one generation owns it.
 */
public final class TokenStream {
  private final Tokenizer tokenizer;

  // The sequence being read: its code point so far, how many bytes it still needs, and the next
  // byte's range.
  private int codePoint;
  private int needed;
  private int least = 0x80;
  private int most = 0xBF;

  public TokenStream(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /**
   * Adds a token.
   *
   * @return the text that is complete now, often empty; never half a surrogate pair
   */
  public String feed(int id) {
    byte[] bytes = tokenizer.bytes(id);
    StringBuilder text = new StringBuilder(bytes.length);
    for (byte b : bytes) {
      add(b & 0xFF, text);
    }
    return text.toString();
  }

  /**
   * Ends the text: U+FFFD if the last sequence is unfinished, else nothing. The stream can then be
   * used anew.
   */
  public String finish() {
    String rest = needed > 0 ? "\uFFFD" : "";
    reset();
    return rest;
  }

  /** All the text of some ids. */
  public static String decode(Tokenizer tokenizer, int... ids) {
    TokenStream stream = new TokenStream(tokenizer);
    StringBuilder text = new StringBuilder(ids.length * 4);
    for (int id : ids) {
      text.append(stream.feed(id));
    }
    return text.append(stream.finish()).toString();
  }

  private void add(int b, StringBuilder text) {
    if (needed > 0) {
      if (b >= least && b <= most) {
        codePoint = codePoint << 6 | b & 0x3F;
        least = 0x80;
        most = 0xBF;
        if (--needed == 0) {
          text.appendCodePoint(codePoint);
        }
        return;
      }
      text.append('\uFFFD');
      reset();
    }
    if (b < 0x80) {
      text.append((char) b);
    } else if (b >= 0xC2 && b <= 0xF4) {
      begin(b);
    } else {
      text.append('\uFFFD');
    }
  }

  /**
   * Starts a sequence; the second byte's range keeps out long forms, surrogates and what is above
   * U+10FFFF.
   */
  private void begin(int b) {
    if (b < 0xE0) {
      needed = 1;
      codePoint = b & 0x1F;
    } else if (b < 0xF0) {
      needed = 2;
      codePoint = b & 0x0F;
      least = b == 0xE0 ? 0xA0 : 0x80;
      most = b == 0xED ? 0x9F : 0xBF;
    } else {
      needed = 3;
      codePoint = b & 0x07;
      least = b == 0xF0 ? 0x90 : 0x80;
      most = b == 0xF4 ? 0x8F : 0xBF;
    }
  }

  private void reset() {
    needed = 0;
    least = 0x80;
    most = 0xBF;
  }
}
