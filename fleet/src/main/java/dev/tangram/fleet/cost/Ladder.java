package dev.tangram.fleet.cost;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Constants for a setting from whatever was measured: from the physical prior step by step to
 * measurements that have more and more in common with the setting. Each rung is fitted with the
 * rung below as its prior, so few points move the constants little.
 */
final class Ladder {
  /** What measurements have in common with a setting; more and more. */
  enum Rung {
    NOTHING,
    FAMILY,
    ENGINE,
    ENGINE_AND_FAMILY,
    /** Engine, family and chip. */
    SETTING,
    /** And the model itself: no constants of its own, but nearer than another of its family. */
    MODEL
  }

  /**
   * @param free the constants, as {@link Constants#free}
   * @param noise how far measurements scatter around the model, in logs
   * @param from which settings the best rung was fitted on
   */
  record Rested(
      double[] free, double[][] covariance, double noise, Rung rung, String from, int points) {
    Constants constants() {
      return Constants.of(free);
    }

    private Rested at(Rung other) {
      return new Rested(free, covariance, noise, other, from, points);
    }
  }

  /**
   * Measured by others: memory three quarters, compute half of its peak; times within a factor 5.
   */
  private static final double[] PRIOR = new Constants(0.75, 0.5, 0.4, 2, 5).free();

  private static final double[] PRIOR_DEVIATION = {0.6, 1.0, 0.7, 1.5, 1.5};

  /**
   * How far constants may move from one rung to the next, in the units of {@link Constants#free}.
   */
  private static final Map<Rung, double[]> DRIFT =
      Map.of(
          Rung.FAMILY, PRIOR_DEVIATION,
          Rung.ENGINE, new double[] {0.5, 1.5, 0.7, 1.5, 1.5},
          Rung.ENGINE_AND_FAMILY, new double[] {0.45, 0.75, 0.75, 1.05, 1.05},
          Rung.SETTING, new double[] {0.22, 0.3, 0.45, 0.6, 0.6});

  /** Scatter of careful measurements around a good model, and how many points that is worth. */
  private static final double NOISE = 0.05;

  private static final int NOISE_POINTS = 4;

  /** More than that no one reads. */
  private static final int NAMES_MAX = 2;

  private final List<Measurement> measurements;
  private final Map<Setting, Rested> known = new HashMap<>();

  Ladder(List<Measurement> measurements) {
    this.measurements = List.copyOf(measurements);
  }

  Rested of(Replica replica) {
    Setting setting = Setting.of(replica);
    Rested rested = known.get(setting);
    if (rested == null) {
      rested = climb(setting);
      known.put(setting, rested);
    }
    boolean itself =
        rested.rung == Rung.SETTING
            && measurements.stream()
                .anyMatch(m -> m.setting().equals(setting) && m.sameModel(replica));
    return itself ? rested.at(Rung.MODEL) : rested;
  }

  private Rested climb(Setting setting) {
    double[] free = PRIOR;
    double[][] covariance = diagonal(PRIOR_DEVIATION);
    double noise = NOISE;
    Rung best = Rung.NOTHING;
    List<Measurement> before = List.of();
    for (Rung rung : List.of(Rung.FAMILY, Rung.ENGINE, Rung.ENGINE_AND_FAMILY, Rung.SETTING)) {
      List<Measurement> common =
          measurements.stream().filter(m -> common(rung, setting).test(m.setting())).toList();
      if (common.isEmpty()) {
        continue;
      }
      best = rung;
      if (common.equals(before)) {
        continue;
      }
      double[] deviation = before.isEmpty() ? PRIOR_DEVIATION : DRIFT.get(rung);
      var solution = LeastSquares.solve(misses(common), NOISE, free, deviation);
      free = solution.values();
      covariance = solution.covariance();
      noise = scatter(common, free);
      before = common;
    }
    if (best != Rung.SETTING) {
      // Not measured itself: it may differ as much as settings one rung up do.
      double[] drift = DRIFT.get(Rung.values()[best.ordinal() + 1]);
      for (int i = 0; i < drift.length && best != Rung.NOTHING; i++) {
        covariance[i][i] += drift[i] * drift[i];
      }
    }
    return new Rested(free, covariance, noise, best, names(before), before.size());
  }

  private static Predicate<Setting> common(Rung rung, Setting to) {
    return switch (rung) {
      case NOTHING -> _ -> true;
      case FAMILY -> s -> s.family() == to.family();
      case ENGINE -> s -> s.engine().equals(to.engine());
      case ENGINE_AND_FAMILY -> s -> s.engine().equals(to.engine()) && s.family() == to.family();
      case SETTING, MODEL -> to::equals;
    };
  }

  private static java.util.function.Function<double[], double[]> misses(List<Measurement> common) {
    List<Roofline> rooflines = common.stream().map(m -> Roofline.of(m.replica())).toList();
    return free -> {
      Constants constants = Constants.of(free);
      double[] misses = new double[common.size()];
      for (int i = 0; i < misses.length; i++) {
        Measurement m = common.get(i);
        misses[i] = Math.log(rooflines.get(i).value(m.metric(), constants, m.load()) / m.value());
      }
      return misses;
    };
  }

  private static double scatter(List<Measurement> common, double[] free) {
    double squares = Arrays.stream(misses(common).apply(free)).map(miss -> miss * miss).sum();
    return Math.sqrt((NOISE_POINTS * NOISE * NOISE + squares) / (NOISE_POINTS + common.size()));
  }

  private static String names(List<Measurement> measured) {
    Map<String, TreeSet<String>> chips = new HashMap<>();
    for (Measurement m : measured) {
      Setting s = m.setting();
      chips
          .computeIfAbsent(s.engine() + ", " + s.family().word(), _ -> new TreeSet<>())
          .add(s.chip());
    }
    if (chips.size() > NAMES_MAX) {
      long engines = measured.stream().map(m -> m.setting().engine()).distinct().count();
      return engines + " engines";
    }
    List<String> names = new ArrayList<>();
    chips.forEach((name, on) -> names.add(name + " on " + String.join(" and ", on)));
    return names.stream().sorted().collect(Collectors.joining("; "));
  }

  private static double[][] diagonal(double[] deviation) {
    double[][] matrix = new double[deviation.length][deviation.length];
    for (int i = 0; i < deviation.length; i++) {
      matrix[i][i] = deviation[i] * deviation[i];
    }
    return matrix;
  }
}
