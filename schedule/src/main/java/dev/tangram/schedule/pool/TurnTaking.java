package dev.tangram.schedule.pool;

/**
 * Token-level switching: models that share a chip decode in turns, and a request need not end
 * before another model has the chip. The next turn goes to the model whose next token is due first;
 * how long it lasts follows Aegaeon (SOSP'25): just so long that what a round makes lasts its
 * readers until the next, which keeps switches few.
 *
 * <p>Pure; times are nanoseconds.
 */
public final class TurnTaking {
  /** At best, tokens are made twice as fast as they are read; more only delays the others. */
  private static final double PACE_MIN = 0.5;

  private final long ttftNanos;
  private final long tpotNanos;
  private final long switchNanos;
  private final long turnMaxNanos;

  /**
   * @param ttftNanos objective of the first token
   * @param tpotNanos objective of every token after it
   * @param switchNanos from one model's last step to the next one's first
   * @param turnMaxNanos longest turn while others want one
   */
  public TurnTaking(long ttftNanos, long tpotNanos, long switchNanos, long turnMaxNanos) {
    if (ttftNanos < 1 || tpotNanos < 1 || switchNanos < 0 || turnMaxNanos < 1) {
      throw new IllegalArgumentException(
          "ttftNanos %d, tpotNanos %d, switchNanos %d, turnMaxNanos %d: allowed: 1 or more, a switch may be 0"
              .formatted(ttftNanos, tpotNanos, switchNanos, turnMaxNanos));
    }
    this.ttftNanos = ttftNanos;
    this.tpotNanos = tpotNanos;
    this.switchNanos = switchNanos;
    this.turnMaxNanos = turnMaxNanos;
  }

  /** When the next token of a sequence is due. */
  public long due(long arrivedNanos, int made) {
    return arrivedNanos + ttftNanos + made * tpotNanos;
  }

  /** The place of the earliest due time among the first {@code count}; -1 if there are none. */
  public int next(long[] dues, int count) {
    int best = -1;
    for (int i = 0; i < count; i++) {
      if (best < 0 || dues[i] < dues[best]) {
        best = i;
      }
    }
    return best;
  }

  /**
   * How long a turn lasts.
   *
   * @param model whose turn it is
   * @param stepNanos step times of the models that want turns
   * @param count of these models
   */
  public long turn(int model, long[] stepNanos, int count) {
    double shares = 0;
    long slowest = 1;
    for (int i = 0; i < count; i++) {
      // Share of the chip that the model needs to keep the objective.
      shares += (double) stepNanos[i] / tpotNanos;
      slowest = Math.max(slowest, stepNanos[i]);
    }
    double switches = (double) count * switchNanos;
    double slowestShare = (double) slowest / tpotNanos;
    double pace = Math.max(switches * slowestShare / turnMaxNanos + shares, PACE_MIN);
    double turn = switches * stepNanos[model] / tpotNanos / (pace - shares);
    // Without switching costs the formula has no scale: then a step is a turn.
    return (long)
        Math.clamp(Math.rint(turn), Math.min(stepNanos[model], turnMaxNanos), turnMaxNanos);
  }
}
