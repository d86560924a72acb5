package dev.tangram.fleet.cost;

/**
 * What the roofline does not know of an engine on a chip.
 *
 * @param bandwidthShare of the memory's peak that a decode step reaches, 0 to 1
 * @param computeShare of the dense peak that products with weights reach, 0 to 1
 * @param attentionShare of the 16-bit peak that attention reaches, 0 to 1
 * @param stepMillis of a step whatever its size: launches, scheduling
 * @param sequenceMicros of a step for each sequence in it: sampling, bookkeeping
 */
public record Constants(
    double bandwidthShare,
    double computeShare,
    double attentionShare,
    double stepMillis,
    double sequenceMicros) {
  static final int COUNT = 5;

  /**
   * Where a search can walk freely: the log of the odds of a share, which so stays below 1, and the
   * log of a time.
   */
  static Constants of(double[] free) {
    return new Constants(
        share(free[0]), share(free[1]), share(free[2]), Math.exp(free[3]), Math.exp(free[4]));
  }

  double[] free() {
    return new double[] {
      odds(bandwidthShare),
      odds(computeShare),
      odds(attentionShare),
      Math.log(stepMillis),
      Math.log(sequenceMicros)
    };
  }

  private static double share(double odds) {
    return 1 / (1 + Math.exp(-odds));
  }

  private static double odds(double share) {
    return Math.log(share / (1 - share));
  }
}
