package dev.tangram.cli;

import dev.tangram.cli.text.Table;
import dev.tangram.fleet.cost.Calibration;
import dev.tangram.fleet.cost.Constants;
import dev.tangram.fleet.cost.Evidence;
import dev.tangram.fleet.cost.Measurement;
import dev.tangram.fleet.cost.Validation.Score;
import dev.tangram.fleet.cost.Validation.Trial;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What {@code tangram calibrate} found, for people and for programs. */
final class CalibrationReport {
  private static final int GAP = 2;
  private static final int NAME_MAX = 50;

  private CalibrationReport() {}

  static String text(
      List<Measurement> measured, List<Score> scores, List<Trial> trials, boolean rows) {
    Table constants =
        new Table(
            GAP,
            "ENGINE",
            "FAMILY",
            "CHIP",
            "POINTS",
            "MEMORY",
            "COMPUTE",
            "ATTN",
            "STEP",
            "SEQUENCE");
    for (Setup setup : setups(measured)) {
      Constants c = setup.constants();
      constants.row(
          setup.engine(),
          setup.family(),
          setup.chip(),
          Integer.toString(setup.points()),
          percent(c.bandwidthShare(), 0),
          percent(c.computeShare(), 0),
          percent(c.attentionShare(), 0),
          String.format(Locale.ROOT, "%.1f ms", c.stepMillis()),
          String.format(Locale.ROOT, "%.1f us", c.sequenceMicros()));
    }
    Table validation =
        new Table(GAP, "KEPT APART", "N", "MEDIAN ERROR", "90TH", "COVERED", "INTERVAL");
    for (Score score : scores) {
      validation.row(
          cut(score.name()),
          Integer.toString(score.count()),
          percent(score.medianError(), 1),
          percent(score.error90(), 1),
          percent(score.coverage(), 0),
          score.count() == 0 ? "-" : "x" + String.format(Locale.ROOT, "%.2f", score.width()));
    }
    return constants.render() + "\n" + validation.render() + (rows ? "\n" + rows(trials) : "");
  }

  private static String rows(List<Trial> trials) {
    Table table = new Table(GAP, "MEASURED", "FORECAST", "FROM", "TO", "EVIDENCE", "MEASUREMENT");
    for (Trial trial : trials) {
      var forecast = trial.forecast();
      table.row(
          number(trial.measurement().value()),
          number(forecast.value()),
          number(forecast.lower()),
          number(forecast.upper()) + " " + forecast.metric().unit(),
          word(forecast.evidence()),
          trial.measurement().label());
    }
    return table.render();
  }

  /** One setting that was measured. */
  private record Setup(
      String engine, String family, String chip, int points, Constants constants) {}

  private static List<Setup> setups(List<Measurement> measured) {
    Calibration calibration = Calibration.of(measured);
    Map<String, List<Measurement>> settings = new LinkedHashMap<>();
    for (Measurement m : measured) {
      String name =
          m.replica().engine()
              + "\n"
              + m.replica().model().family()
              + "\n"
              + m.replica().chip().id();
      settings.computeIfAbsent(name, _ -> new ArrayList<>()).add(m);
    }
    return settings.values().stream()
        .map(
            group -> {
              var replica = group.getFirst().replica();
              return new Setup(
                  replica.engine(),
                  replica.model().family().word(),
                  replica.chip().id(),
                  group.size(),
                  calibration.constants(replica));
            })
        .toList();
  }

  static String json(List<Measurement> measured, List<Score> scores, List<Trial> trials) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put(
        "constants",
        setups(measured).stream()
            .map(
                s -> {
                  Map<String, Object> fact = new LinkedHashMap<>();
                  fact.put("engine", s.engine());
                  fact.put("family", s.family());
                  fact.put("chip", s.chip());
                  fact.put("points", s.points());
                  fact.put("bandwidth_share", s.constants().bandwidthShare());
                  fact.put("compute_share", s.constants().computeShare());
                  fact.put("attention_share", s.constants().attentionShare());
                  fact.put("step_ms", s.constants().stepMillis());
                  fact.put("sequence_us", s.constants().sequenceMicros());
                  return fact;
                })
            .toList());
    facts.put(
        "kept_apart",
        scores.stream()
            .map(
                s -> {
                  Map<String, Object> fact = new LinkedHashMap<>();
                  fact.put("name", s.name().strip());
                  fact.put("n", s.count());
                  fact.put("median_error", s.count() == 0 ? null : s.medianError());
                  fact.put("error_90", s.count() == 0 ? null : s.error90());
                  fact.put("coverage", s.count() == 0 ? null : s.coverage());
                  return fact;
                })
            .toList());
    facts.put("tried", trials.stream().map(CalibrationReport::fact).toList());
    return JsonText.write(facts);
  }

  private static Map<String, Object> fact(Trial trial) {
    var forecast = trial.forecast();
    Map<String, Object> fact = new LinkedHashMap<>();
    fact.put("measurement", trial.measurement().label());
    fact.put("metric", forecast.metric().name().toLowerCase(Locale.ROOT));
    fact.put("measured", trial.measurement().value());
    fact.put("forecast", forecast.value());
    fact.put("lower", forecast.lower());
    fact.put("upper", forecast.upper());
    fact.put("evidence", forecast.evidence().words());
    return fact;
  }

  /** In a word, for a column. */
  static String word(Evidence evidence) {
    return switch (evidence) {
      case Evidence.CalibratedHere _ -> "calibrated here";
      case Evidence.TransferredFrom _ -> "transferred";
      case Evidence.Uncalibrated _ -> "uncalibrated";
    };
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }

  /** Long names of sources would push the figures off the screen. */
  private static String cut(String name) {
    return name.length() <= NAME_MAX ? name : name.substring(0, NAME_MAX - 1) + "\u2026";
  }

  private static String percent(double share, int digits) {
    return Double.isNaN(share)
        ? "-"
        : String.format(Locale.ROOT, "%." + digits + "f %%", 100 * share);
  }
}
