package dev.tangram.fleet.cost;

import java.util.List;

/** What can be said about a replica under a load. */
public sealed interface Forecast {
  /**
   * An interval that holds the true value in nine cases of ten, as far as what was measured goes.
   *
   * @param value the most likely one, in the unit of the metric
   * @param batch sequences that run at once
   */
  record Predicted(
      Metric metric, double value, double lower, double upper, double batch, Evidence evidence)
      implements Forecast {}

  /** Figures of the chip that nobody published and the user did not write. */
  record FiguresMissing(List<String> figures) implements Forecast {
    public FiguresMissing {
      figures = List.copyOf(figures);
    }
  }

  /**
   * Not one sequence of this length fits.
   *
   * @param gigabytesNeeded of one chip: weights and one sequence
   */
  record DoesNotFit(double gigabytesNeeded, double gigabytesUsable) implements Forecast {}
}
