package dev.tangram.fleet.cost;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;

/** How good forecasts are on measurements that were kept from the calibration. */
public final class Validation {
  /** A measurement that was kept apart, and what was forecast for it. */
  public record Trial(Measurement measurement, Forecast.Predicted forecast) {
    /** Relative, without sign. */
    public double error() {
      return Math.abs(forecast.value() / measurement.value() - 1);
    }

    public boolean covered() {
      return measurement.value() >= forecast.lower() && measurement.value() <= forecast.upper();
    }
  }

  /**
   * Trials in figures.
   *
   * @param coverage share of the measurements inside their interval
   * @param width upper end of the interval in the middle, as a multiple of the value
   */
  public record Score(
      String name, int count, double medianError, double error90, double coverage, double width) {}

  private Validation() {}

  /** Trials of measurements that were not used for the calibration. */
  public static List<Trial> trials(List<Measurement> calibrated, List<Measurement> apart) {
    Calibration calibration = Calibration.of(calibrated);
    List<Trial> trials = new ArrayList<>();
    for (Measurement m : apart) {
      if (calibration.forecast(m.replica(), m.load(), m.metric())
          instanceof Forecast.Predicted predicted) {
        trials.add(new Trial(m, predicted));
      }
    }
    return trials;
  }

  /**
   * Calibrates on a random half of each setting's measurements and tries the other half; so many
   * times.
   */
  public static List<Trial> halves(List<Measurement> all, int splits, long seed) {
    List<Trial> trials = new ArrayList<>();
    Random random = new Random(seed);
    for (int split = 0; split < splits; split++) {
      List<Measurement> one = new ArrayList<>();
      List<Measurement> other = new ArrayList<>();
      for (List<Measurement> group : grouped(all, Measurement::setting).values()) {
        List<Measurement> shuffled = new ArrayList<>(group);
        Collections.shuffle(shuffled, random);
        int half = (shuffled.size() + 1) / 2;
        one.addAll(shuffled.subList(0, half));
        other.addAll(shuffled.subList(half, shuffled.size()));
      }
      trials.addAll(trials(one, other));
    }
    return trials;
  }

  /** Keeps one setting apart where its engine was measured with the same family on another chip. */
  public static List<Trial> acrossChips(List<Measurement> all) {
    List<Trial> trials = new ArrayList<>();
    for (Setting setting : grouped(all, Measurement::setting).keySet()) {
      boolean elsewhere =
          all.stream()
              .map(Measurement::setting)
              .anyMatch(
                  s ->
                      s.engine().equals(setting.engine())
                          && s.family() == setting.family()
                          && !s.chip().equals(setting.chip()));
      if (elsewhere) {
        trials.addAll(without(all, m -> m.setting().equals(setting)));
      }
    }
    return trials;
  }

  /** Keeps one model apart where its engine was measured with another. */
  public static List<Trial> acrossModels(List<Measurement> all) {
    record Run(String engine, String model) {}

    List<Trial> trials = new ArrayList<>();
    var runs =
        grouped(all, m -> new Run(m.replica().engine(), m.replica().model().name())).keySet();
    for (Run run : runs) {
      if (runs.stream().anyMatch(r -> r.engine.equals(run.engine) && !r.equals(run))) {
        trials.addAll(
            without(
                all,
                m ->
                    m.replica().engine().equals(run.engine)
                        && m.replica().model().name().equals(run.model)));
      }
    }
    return trials;
  }

  /** Keeps one engine apart. */
  public static List<Trial> acrossEngines(List<Measurement> all) {
    List<Trial> trials = new ArrayList<>();
    for (String engine : grouped(all, m -> m.replica().engine()).keySet()) {
      trials.addAll(without(all, m -> m.replica().engine().equals(engine)));
    }
    return trials;
  }

  /** Sums up; without trials every figure is NaN. */
  public static Score score(String name, List<Trial> trials) {
    List<Double> errors = trials.stream().map(Trial::error).sorted().toList();
    List<Double> widths =
        trials.stream().map(t -> t.forecast().upper() / t.forecast().value()).sorted().toList();
    long covered = trials.stream().filter(Trial::covered).count();
    return new Score(
        name,
        trials.size(),
        quantile(errors, 0.5),
        quantile(errors, 0.9),
        trials.isEmpty() ? Double.NaN : covered / (double) trials.size(),
        quantile(widths, 0.5));
  }

  private static List<Trial> without(List<Measurement> all, Predicate<Measurement> apart) {
    return trials(
        all.stream().filter(apart.negate()).toList(), all.stream().filter(apart).toList());
  }

  private static <K> Map<K, List<Measurement>> grouped(
      List<Measurement> all, java.util.function.Function<Measurement, K> key) {
    Map<K, List<Measurement>> groups = new LinkedHashMap<>();
    for (Measurement m : all) {
      groups.computeIfAbsent(key.apply(m), _ -> new ArrayList<>()).add(m);
    }
    return groups;
  }

  /** Between the two nearest, as numpy does. */
  private static double quantile(List<Double> sorted, double share) {
    if (sorted.isEmpty()) {
      return Double.NaN;
    }
    double at = share * (sorted.size() - 1);
    int below = (int) at;
    int above = Math.min(below + 1, sorted.size() - 1);
    return sorted.get(below) + (at - below) * (sorted.get(above) - sorted.get(below));
  }
}
