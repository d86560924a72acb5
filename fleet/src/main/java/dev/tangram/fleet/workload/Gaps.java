package dev.tangram.fleet.workload;

import java.util.random.RandomGenerator;

/** Times between arrivals. */
@FunctionalInterface
public interface Gaps {
  /** Seconds until the next arrival. */
  double draw(RandomGenerator random);

  /** Independent arrivals, so many a second in the mean. */
  static Gaps poisson(double perSecond) {
    check(perSecond, 1);
    return random -> -Math.log(1 - random.nextDouble()) / perSecond;
  }

  /**
   * Gamma distributed gaps.
   *
   * @param variation standard deviation by mean: 1 is Poisson, more comes in bursts
   */
  static Gaps gamma(double perSecond, double variation) {
    check(perSecond, variation);
    double shape = 1 / (variation * variation);
    return random -> Gamma.draw(random, shape) / (shape * perSecond);
  }

  private static void check(double perSecond, double variation) {
    if (!(perSecond > 0) || !(variation > 0)) {
      throw new IllegalArgumentException(
          "arrivals: found %s a second, variation %s, allowed: more than 0"
              .formatted(perSecond, variation));
    }
  }
}
