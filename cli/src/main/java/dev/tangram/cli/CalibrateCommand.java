package dev.tangram.cli;

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
        .print(
            json
                ? CalibrationReport.json(measured, scores, trials)
                : CalibrationReport.text(measured, scores, trials, rows));
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
    scores.addAll(parts(trials, t -> CalibrationReport.word(t.forecast().evidence())));
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
}
