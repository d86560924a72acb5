package dev.tangram.fleet.cost;

/**
 * A value and its standard deviation, both in logs: what the constants leave open, and the scatter
 * around any constants.
 */
record Guess(double log, double deviation) {
  private static final double NUDGE = 1e-4;

  static Guess of(Replica replica, Load load, Metric metric, Ladder.Rested rested) {
    Roofline roofline = Roofline.of(replica);
    double log = Math.log(roofline.value(metric, rested.constants(), load));
    double[] slope = new double[Constants.COUNT];
    for (int i = 0; i < slope.length; i++) {
      double[] nudged = rested.free().clone();
      nudged[i] += NUDGE;
      slope[i] = (Math.log(roofline.value(metric, Constants.of(nudged), load)) - log) / NUDGE;
    }
    double open = SmallMatrix.form(rested.covariance(), slope);
    return new Guess(log, Math.sqrt(open + rested.noise() * rested.noise()));
  }
}
