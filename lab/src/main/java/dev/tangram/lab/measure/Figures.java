package dev.tangram.lab.measure;

import java.util.Arrays;

/** Sums up what was measured. */
public final class Figures {
  private Figures() {}

  /** The middle value; of an even count the mean of the two in the middle. */
  public static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** {@code median (least-most)}, for people. */
  public static String spread(double[] values) {
    return "%.1f (%.1f-%.1f)"
        .formatted(
            median(values),
            Arrays.stream(values).min().orElse(0),
            Arrays.stream(values).max().orElse(0));
  }
}
