package dev.tangram.fleet.workload;

import java.util.random.RandomGenerator;

/** Gamma variates of scale 1, after Marsaglia and Tsang, "A simple method", 2000. */
final class Gamma {
  private Gamma() {}

  static double draw(RandomGenerator random, double shape) {
    if (shape < 1) {
      // A variate of shape + 1, brought down by a power of a uniform one.
      return draw(random, shape + 1) * Math.pow(1 - random.nextDouble(), 1 / shape);
    }
    double d = shape - 1.0 / 3;
    double c = 1 / Math.sqrt(9 * d);
    while (true) {
      double x = random.nextGaussian();
      double v = 1 + c * x;
      if (v <= 0) {
        continue;
      }
      v = v * v * v;
      double u = 1 - random.nextDouble();
      if (Math.log(u) < 0.5 * x * x + d - d * v + d * Math.log(v)) {
        return d * v;
      }
    }
  }
}
