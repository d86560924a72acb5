package dev.tangram.fleet.cost;

import dev.tangram.fleet.cost.Ladder.Rung;
import dev.tangram.fleet.model.Family;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * How wide intervals must be, in standard deviations of the fit: as wide as would have held nine of
 * ten measurements that the fit had not seen. Conformal: nothing is assumed about the shape of the
 * errors, only that those to come are like those that were seen. Families are told apart where
 * enough of one were left out: dense models on a mature engine are surer than the rest.
 */
final class Spread {
  private static final double SHARE = 0.9;
  private static final double AT_LEAST = 1.0;

  /** Where too few were left out to tell. */
  private static final double OTHERWISE = 2.0;

  /** Where nothing was measured at all: engines differ by more than the prior admits. */
  private static final double BLIND = 3.0;

  /** From so many on, the most that was missed is not the only bound. */
  private static final int ENOUGH = 9;

  /** Misses of a kind; {@code family} is null for all families together. */
  private record Kind(Rung rung, Family family) {}

  private final Map<Kind, List<Double>> misses = new HashMap<>();

  /**
   * Leaves out each measurement, each model of an engine, each setting, and everything, and looks
   * how far off a fit to the rest is.
   */
  static Spread of(List<Measurement> measurements) {
    record Run(String engine, String model) {}

    Spread spread = new Spread();
    spread.leaveOut(measurements, m -> m);
    spread.leaveOut(measurements, m -> new Run(m.replica().engine(), m.replica().model().name()));
    spread.leaveOut(measurements, Measurement::setting);
    spread.leaveOut(measurements, _ -> "all");
    return spread;
  }

  private void leaveOut(List<Measurement> all, Function<Measurement, Object> key) {
    for (Object group : all.stream().map(key).distinct().toList()) {
      Ladder others = new Ladder(all.stream().filter(m -> !key.apply(m).equals(group)).toList());
      all.stream().filter(m -> key.apply(m).equals(group)).forEach(m -> miss(others, m));
    }
  }

  double factor(Rung rung, Family family) {
    if (misses.isEmpty()) {
      return BLIND;
    }
    List<Double> own = misses.getOrDefault(new Kind(rung, family), List.of());
    return quantile(
        own.size() >= ENOUGH ? own : misses.getOrDefault(new Kind(rung, null), List.of()));
  }

  private void miss(Ladder ladder, Measurement m) {
    Ladder.Rested rested = ladder.of(m.replica());
    Guess guess = Guess.of(m.replica(), m.load(), m.metric(), rested);
    double miss = Math.abs(guess.log() - Math.log(m.value())) / guess.deviation();
    for (Family family : new Family[] {m.replica().model().family(), null}) {
      misses.computeIfAbsent(new Kind(rested.rung(), family), _ -> new ArrayList<>()).add(miss);
    }
  }

  private static double quantile(List<Double> misses) {
    if (misses.isEmpty()) {
      return OTHERWISE;
    }
    List<Double> sorted = misses.stream().sorted().toList();
    int rank = (int) Math.ceil((sorted.size() + 1) * SHARE);
    return rank > sorted.size()
        ? Math.max(OTHERWISE, sorted.getLast())
        : Math.max(AT_LEAST, sorted.get(rank - 1));
  }
}
