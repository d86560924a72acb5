package dev.tangram.fleet.cost;

import java.util.List;
import java.util.Optional;

/**
 * The cost model, calibrated on measurements. Holds no clock and no randomness: the same
 * measurements give the same forecasts.
 *
 * <p>Threads: one at a time.
 */
public final class Calibration {
  /** In logs. A factor of ten either way says that nothing is known; more says no more. */
  private static final double REACH_MAX = Math.log(10);

  private final List<Measurement> measurements;
  private final Ladder ladder;
  private Spread spread;

  private Calibration(List<Measurement> measurements) {
    this.measurements = List.copyOf(measurements);
    this.ladder = new Ladder(measurements);
  }

  /**
   * @param measurements may be empty; those that no roofline can be drawn for (see {@link
   *     #obstacle}) must have been left out
   */
  public static Calibration of(List<Measurement> measurements) {
    return new Calibration(measurements);
  }

  /** Why nothing can be computed for a replica under a load; empty if it can. */
  public static Optional<Forecast> obstacle(Replica replica, Load load) {
    List<String> missing = Rates.missing(replica);
    if (!missing.isEmpty()) {
      return Optional.of(new Forecast.FiguresMissing(missing));
    }
    Roofline roofline = Roofline.of(replica);
    return roofline.capacity(load) >= 1 ? Optional.empty() : Optional.of(roofline.shortage(load));
  }

  public List<Measurement> measurements() {
    return measurements;
  }

  /**
   * Predicts one metric.
   *
   * @throws IllegalArgumentException if the load has no tokens of the kind that the metric counts
   */
  public Forecast forecast(Replica replica, Load load, Metric metric) {
    metric.check(load);
    Optional<Forecast> obstacle = obstacle(replica, load);
    if (obstacle.isPresent()) {
      return obstacle.get();
    }
    Ladder.Rested rested = ladder.of(replica);
    Guess guess = Guess.of(replica, load, metric, rested);
    double factor = spread().factor(rested.rung(), replica.model().family());
    double reach = Math.min(REACH_MAX, factor * guess.deviation());
    return new Forecast.Predicted(
        metric,
        Math.exp(guess.log()),
        Math.exp(guess.log() - reach),
        Math.exp(guess.log() + reach),
        Roofline.of(replica).batch(load),
        evidence(rested));
  }

  /** The constants that a forecast for this replica would use. */
  public Constants constants(Replica replica) {
    return ladder.of(replica).constants();
  }

  /** What they rest on. */
  public Evidence evidence(Replica replica) {
    return evidence(ladder.of(replica));
  }

  private static Evidence evidence(Ladder.Rested rested) {
    return switch (rested.rung()) {
      case NOTHING -> new Evidence.Uncalibrated();
      case MODEL -> new Evidence.CalibratedHere(rested.from(), rested.points());
      case FAMILY, ENGINE, ENGINE_AND_FAMILY, SETTING ->
          new Evidence.TransferredFrom(rested.from(), rested.points());
    };
  }

  /** Leaving each out is work that only intervals need. */
  private Spread spread() {
    if (spread == null) {
      spread = Spread.of(measurements);
    }
    return spread;
  }
}
