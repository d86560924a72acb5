package dev.tangram.fleet.cost;

import dev.tangram.fleet.cost.Ladder.Rung;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * How wide intervals must be, in standard deviations of the fit: as wide as would have held nine of
 * ten measurements that the fit had not seen. Conformal: nothing is assumed about the shape of the
 * errors, only that those to come are like those that were seen.
 */
final class Spread {
  private static final double SHARE = 0.9;
  private static final double AT_LEAST = 1.0;

  /** Where too few were left out to tell. */
  private static final double OTHERWISE = 2.0;

  private final Map<Rung, Double> factors;

  private Spread(Map<Rung, Double> factors) {
    this.factors = factors;
  }

  /** Leaves out each measurement, then each setting, and looks how far off the others' fit is. */
  static Spread of(List<Measurement> measurements) {
    Map<Rung, List<Double>> misses = new EnumMap<>(Rung.class);
    for (Measurement m : measurements) {
      miss(measurements.stream().filter(other -> other != m).toList(), m, misses);
    }
    measurements.stream()
        .map(Measurement::setting)
        .distinct()
        .forEach(
            setting -> {
              var others =
                  measurements.stream().filter(m -> !m.setting().equals(setting)).toList();
              Ladder ladder = new Ladder(others);
              for (Measurement m : measurements) {
                if (m.setting().equals(setting)) {
                  miss(ladder, m, misses);
                }
              }
            });
    Map<Rung, Double> factors = new EnumMap<>(Rung.class);
    misses.forEach((rung, of) -> factors.put(rung, quantile(of)));
    return new Spread(factors);
  }

  double factor(Rung rung) {
    return factors.getOrDefault(rung, OTHERWISE);
  }

  private static void miss(
      List<Measurement> others, Measurement m, Map<Rung, List<Double>> misses) {
    miss(new Ladder(others), m, misses);
  }

  private static void miss(Ladder ladder, Measurement m, Map<Rung, List<Double>> misses) {
    Ladder.Rested rested = ladder.of(m.setting());
    Guess guess = Guess.of(m.replica(), m.load(), m.metric(), rested);
    misses
        .computeIfAbsent(rested.rung(), _ -> new ArrayList<>())
        .add(Math.abs(guess.log() - Math.log(m.value())) / guess.deviation());
  }

  private static double quantile(List<Double> misses) {
    List<Double> sorted = misses.stream().sorted().toList();
    int rank = (int) Math.ceil((sorted.size() + 1) * SHARE);
    return rank > sorted.size()
        ? Math.max(OTHERWISE, sorted.getLast())
        : Math.max(AT_LEAST, sorted.get(rank - 1));
  }
}
