package dev.tangram.cli;

import dev.tangram.cli.text.Table;
import dev.tangram.fleet.cost.Calibration;
import dev.tangram.fleet.cost.Constants;
import dev.tangram.fleet.cost.Evidence;
import dev.tangram.fleet.cost.Measurement;
import dev.tangram.fleet.cost.Points;
import dev.tangram.fleet.cost.PointsReader;
import dev.tangram.fleet.cost.Validation;
import dev.tangram.fleet.cost.Validation.Score;
import dev.tangram.fleet.cost.Validation.Trial;
import dev.tangram.fleet.file.CsvTable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tangram calibrate}. */
@Command(
    name = "calibrate",
    description = {
      "Calibrate the cost model on measurements and tell how far it can be trusted.",
      "Columns of a CSV: source (the engine), model, chip, tp, isl, osl, concurrency, and either"
          + " weight_bytes, kv_bytes, output_tok_s_system or precision, metric, value.",
      "--url measures a running server instead, and writes such a file."
    })
final class CalibrateCommand implements Callable<Integer> {
  private static final int GAP = 2;
  private static final int NAME_MAX = 50;

  private final Surroundings surroundings;

  @Option(
      names = "--csv",
      paramLabel = "FILE",
      description = "Measurements to calibrate on. Repeatable.")
  private List<Path> files = List.of();

  @ArgGroup(exclusive = false, heading = "%nA running server to measure:%n")
  private LiveFlags live;

  @Option(
      names = "--try",
      paramLabel = "FILE",
      description = "Measurements to try the calibration on; not used for it. Repeatable.")
  private List<Path> tried = List.of();

  @Option(
      names = "--except",
      paramLabel = "SOURCE",
      description = "Leave out sources that begin like this. Repeatable.")
  private List<String> except = List.of();

  @Option(
      names = "--splits",
      paramLabel = "N",
      defaultValue = "10",
      description = "Random halves to try (default: ${DEFAULT-VALUE}).")
  private int splits;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "42",
      description = "Of the random halves (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(names = "--rows", description = "Also print each measurement of --try.")
  private boolean rows;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Mixin private FleetFlags fleet;

  CalibrateCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws Exception {
    if (splits < 1 || splits > 1000) {
      throw Failure.usage("--splits: found %d, allowed: 1 to 1000", splits);
    }
    if (files.isEmpty() && live == null) {
      throw Failure.usage("found nothing to calibrate on, allowed: --csv FILE or --url URL");
    }
    PointsReader reader = new PointsReader(fleet.chips(), fleet.models());
    List<Path> all = new ArrayList<>(files);
    if (live != null) {
      all.add(live.measure(surroundings.screen(), surroundings.env(), seed));
    }
    List<Measurement> measured = read(reader, all);
    List<Measurement> apart = read(reader, tried);
    if (measured.isEmpty()) {
      throw Failure.failed("%s: found no measurement that can be used", all.getFirst());
    }
    List<Trial> trials = Validation.trials(measured, apart);
    List<Score> scores = tried.isEmpty() ? validation(measured) : scores(trials);
    surroundings
        .screen()
        .out()
        .print(json ? facts(measured, scores, trials) : text(measured, scores, trials));
    return 0;
  }

  private List<Measurement> read(PointsReader reader, List<Path> from) throws Exception {
    List<Measurement> measurements = new ArrayList<>();
    for (Path file : from) {
      Points points = reader.read(CsvTable.read(file));
      for (Points.Skipped row : points.skipped()) {
        surroundings
            .screen()
            .err()
            .printf("%s, line %d: skipped: %s%n", file, row.line(), row.reason());
      }
      points.measurements().stream()
          .filter(m -> except.stream().noneMatch(m.replica().engine()::startsWith))
          .forEach(measurements::add);
    }
    return measurements;
  }

  private List<Score> validation(List<Measurement> measured) {
    List<Trial> halves = Validation.halves(measured, splits, seed);
    List<Score> scores = new ArrayList<>();
    scores.add(Validation.score("half to half, %d splits".formatted(splits), halves));
    scores.addAll(parts(halves, CalibrateCommand::family));
    scores.add(Validation.score("to another chip", Validation.acrossChips(measured)));
    scores.add(Validation.score("to another model", Validation.acrossModels(measured)));
    scores.add(Validation.score("to another engine", Validation.acrossEngines(measured)));
    scores.add(Validation.score("without calibration", Validation.trials(List.of(), measured)));
    return scores;
  }

  private static List<Score> scores(List<Trial> trials) {
    List<Score> scores = new ArrayList<>();
    scores.add(Validation.score("tried", trials));
    scores.addAll(parts(trials, t -> word(t.forecast().evidence())));
    scores.addAll(parts(trials, CalibrateCommand::family));
    return scores;
  }

  private static String family(Trial trial) {
    var replica = trial.measurement().replica();
    return replica.engine() + ", " + replica.model().family().word();
  }

  private static List<Score> parts(List<Trial> trials, Function<Trial, String> key) {
    Map<String, List<Trial>> parts = new LinkedHashMap<>();
    for (Trial trial : trials) {
      parts.computeIfAbsent("  " + key.apply(trial), _ -> new ArrayList<>()).add(trial);
    }
    return parts.entrySet().stream()
        .map(part -> Validation.score(part.getKey(), part.getValue()))
        .toList();
  }

  private String text(List<Measurement> measured, List<Score> scores, List<Trial> trials) {
    Table constants =
        new Table(
            GAP, "ENGINE", "FAMILY", "CHIP", "POINTS", "MEMORY", "COMPUTE", "ATTN", "STEP",
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

  private static String facts(
      List<Measurement> measured, List<Score> scores, List<Trial> trials) {
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
    facts.put("tried", trials.stream().map(CalibrateCommand::fact).toList());
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

  private static String word(Evidence evidence) {
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
