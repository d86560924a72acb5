package dev.tangram.cli.text;

/**
 * Bytes a second over the last few seconds: a resumed file does not count as fast, a stall shows.
 */
final class Rate {
  private static final double HALF_LIFE_SECONDS = 2;
  private static final long SAMPLE_NANOS = 200_000_000;

  private boolean started;
  private long lastDone;
  private long lastAt;
  private double bytesPerSecond;

  void at(long done, long now) {
    if (!started) {
      started = true;
      lastDone = done;
      lastAt = now;
      return;
    }
    long nanos = now - lastAt;
    if (nanos < SAMPLE_NANOS) {
      return;
    }
    double seconds = nanos / 1e9;
    double sample = Math.max(0, done - lastDone) / seconds;
    double keep = bytesPerSecond == 0 ? 0 : Math.pow(0.5, seconds / HALF_LIFE_SECONDS);
    bytesPerSecond = keep * bytesPerSecond + (1 - keep) * sample;
    lastDone = done;
    lastAt = now;
  }

  /** 0 until two samples were seen. */
  double bytesPerSecond() {
    return bytesPerSecond;
  }
}
