package dev.tangram.server.fake;

import dev.tangram.schedule.FinishReason;
import java.nio.charset.StandardCharsets;

/**
 * What a fake generation does.
 *
 * @param queueMillis in the waiting line
 * @param prefillMillis from the first step to the first token
 * @param tokenMillis before each further token
 * @param tokens what it says; over and over if endless
 * @param end how it ends after the last token
 */
public record Script(
    long queueMillis,
    long prefillMillis,
    long tokenMillis,
    int[] tokens,
    boolean endless,
    FinishReason end) {
  /** Says a text at once, byte by byte, and ends by itself. */
  public static Script saying(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int[] tokens = new int[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      tokens[i] = bytes[i] & 0xff;
    }
    return new Script(0, 0, 0, tokens, false, FinishReason.STOP);
  }

  /** Says a text over and over. */
  public Script forever() {
    return new Script(queueMillis, prefillMillis, tokenMillis, tokens, true, end);
  }

  public Script queue(long millis) {
    return new Script(millis, prefillMillis, tokenMillis, tokens, endless, end);
  }

  public Script prefill(long millis) {
    return new Script(queueMillis, millis, tokenMillis, tokens, endless, end);
  }

  public Script every(long millis) {
    return new Script(queueMillis, prefillMillis, millis, tokens, endless, end);
  }

  public Script ending(FinishReason reason) {
    return new Script(queueMillis, prefillMillis, tokenMillis, tokens, endless, reason);
  }
}
