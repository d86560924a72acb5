package dev.tangram.server.store.fetch;

import java.time.Duration;

/**
 * Every number that bounds a download.
 *
 * @param connect longest wait for a connection
 * @param idle longest wait for the next byte, and for the head of an answer
 * @param redirectsMax hops followed
 * @param connectionsMax connections open at once in one pull
 * @param stallsMax tries in a row that bring no byte before a source is given up
 * @param retriesMax tries after the first in one download, with or without progress
 * @param backoff pause before the first retry; doubles up to 16 times that
 * @param stepBytes progress is journalled after each step; a crash loses at most one per connection
 * @param segmentBytesMin files are not cut into smaller segments than this
 * @param documentBytesMax largest listing read into memory
 */
public record Limits(
    Duration connect,
    Duration idle,
    int redirectsMax,
    int connectionsMax,
    int stallsMax,
    int retriesMax,
    Duration backoff,
    long stepBytes,
    long segmentBytesMin,
    int documentBytesMax) {

  /** What the product uses. */
  public static final Limits DEFAULT =
      new Limits(
          Duration.ofSeconds(10),
          Duration.ofSeconds(60),
          5,
          4,
          4,
          40,
          Duration.ofMillis(500),
          2 << 20,
          8 << 20,
          32 << 20);

  /** Pause before retry number {@code attempt}, counted from 0. */
  Duration pause(int attempt) {
    return backoff.multipliedBy(1L << Math.clamp(attempt, 0, 4));
  }
}
