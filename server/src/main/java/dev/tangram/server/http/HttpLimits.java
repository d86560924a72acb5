package dev.tangram.server.http;

import java.time.Duration;

/**
 * Every bound of one listener; all finite.
 *
 * @param headBytesMax request line and header fields together
 * @param bodyBytesMax body after removing the chunk framing
 * @param bodyPiecesMax pieces a body may arrive in; bounds the work that tiny chunks cause
 * @param connectionsMax open connections; one more is answered 503 and closed
 * @param headDeadline from the first byte (or, on a new connection, from its opening) to the end of
 *     the head
 * @param bodyDeadline from the end of the head to the end of the body
 * @param keepAlive silence between two requests
 * @param writeStall one write that makes no end
 * @param requestDeadline from the end of the head to the end of the answer
 * @param heartbeat longest silence inside a stream; a departed client is noticed within two
 */
public record HttpLimits(
    int headBytesMax,
    int bodyBytesMax,
    int bodyPiecesMax,
    int connectionsMax,
    Duration headDeadline,
    Duration bodyDeadline,
    Duration keepAlive,
    Duration writeStall,
    Duration requestDeadline,
    Duration heartbeat) {
  public static final HttpLimits DEFAULT =
      new HttpLimits(
          16 << 10,
          2 << 20,
          8192,
          2000,
          Duration.ofSeconds(10),
          Duration.ofSeconds(30),
          Duration.ofSeconds(60),
          Duration.ofSeconds(30),
          Duration.ofMinutes(10),
          Duration.ofSeconds(1));

  public HttpLimits {
    positive("head bytes", headBytesMax);
    positive("body bytes", bodyBytesMax);
    positive("body pieces", bodyPiecesMax);
    positive("connections", connectionsMax);
    positive("head deadline", headDeadline.toMillis());
    positive("body deadline", bodyDeadline.toMillis());
    positive("keep-alive", keepAlive.toMillis());
    positive("write stall", writeStall.toMillis());
    positive("request deadline", requestDeadline.toMillis());
    positive("heartbeat", heartbeat.toMillis());
  }

  private static void positive(String field, long found) {
    if (found <= 0) {
      throw new IllegalArgumentException("%s: found %d, allowed: above 0".formatted(field, found));
    }
  }
}
