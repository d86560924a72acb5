package dev.tangram.fleet.sim;

import java.util.Arrays;

/** Of many values; all 0 if there are none. */
public record Quantiles(int count, double mean, double p50, double p90, double p99, double max) {
  /**
   * @param values as far as {@code count}; not changed
   */
  static Quantiles of(double[] values, int count) {
    if (count == 0) {
      return new Quantiles(0, 0, 0, 0, 0, 0);
    }
    double[] sorted = Arrays.copyOf(values, count);
    Arrays.sort(sorted);
    return new Quantiles(
        count,
        Arrays.stream(sorted).sum() / count,
        at(sorted, 0.5),
        at(sorted, 0.9),
        at(sorted, 0.99),
        sorted[count - 1]);
  }

  /** The smallest value that at least this share of all does not exceed. */
  private static double at(double[] sorted, double share) {
    return sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)];
  }
}
