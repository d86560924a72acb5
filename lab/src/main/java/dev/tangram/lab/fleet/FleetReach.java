package dev.tangram.lab.fleet;

import dev.tangram.fleet.chip.ChipCatalogue;
import dev.tangram.fleet.cost.Calibration;
import dev.tangram.fleet.cost.Measurement;
import dev.tangram.fleet.cost.Parallelism;
import dev.tangram.fleet.cost.PointsReader;
import dev.tangram.fleet.cost.Replica;
import dev.tangram.fleet.cost.Roofline;
import dev.tangram.fleet.cost.Validation;
import dev.tangram.fleet.cost.WeightType;
import dev.tangram.fleet.day.Day;
import dev.tangram.fleet.day.DayOptions;
import dev.tangram.fleet.file.CsvTable;
import dev.tangram.fleet.model.KvType;
import dev.tangram.fleet.model.ModelCatalogue;
import dev.tangram.fleet.plan.DemandReader;
import dev.tangram.fleet.plan.Demands;
import dev.tangram.fleet.plan.Fleet;
import dev.tangram.fleet.plan.FleetReader;
import dev.tangram.fleet.plan.Menus;
import dev.tangram.fleet.plan.Outcome;
import dev.tangram.fleet.plan.Plan;
import dev.tangram.fleet.plan.PlanBy;
import dev.tangram.fleet.plan.Planner;
import dev.tangram.fleet.sim.EngineLimits;
import dev.tangram.fleet.sim.Objective;
import dev.tangram.fleet.sim.RooflineStep;
import dev.tangram.fleet.sim.ServedModel;
import dev.tangram.fleet.sim.Simulation;
import dev.tangram.fleet.workload.Gaps;
import dev.tangram.fleet.workload.Lengths;
import dev.tangram.fleet.workload.SeededWorkload;
import dev.tangram.lab.measure.Figures;
import dev.tangram.lab.place.PlacementBench;
import dev.tangram.schedule.route.LeastLoaded;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Prints what planning and simulating reach beside the goals, a line each. Placement has commands
 * of its own for the whole picture: {@code openb}, {@code placement}.
 *
 * <p>{@code FleetReach [FOLDER [POINTS.csv...]]}: of the example, {@code examples/sanjiangyuan}
 * unless told; the cost model is tried on the points, those of the example's fleet unless told.
 */
public final class FleetReach {
  private static final int MODELS = 200;
  private static final int SEEDS = 5;
  private static final double GAP = 0.01;
  private static final long MILLIS_MAX = 60_000;
  private static final double NANOS = 1e9;
  private static final int SPLITS = 10;
  private static final long SEED_OF_SPLITS = 42;

  private final Path folder;
  private final ChipCatalogue chips = ChipCatalogue.shipped();
  private final ModelCatalogue models = ModelCatalogue.shipped();

  private FleetReach(Path folder) {
    this.folder = folder;
  }

  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args.length > 0 ? args[0] : "examples/sanjiangyuan");
    List<Path> points = Arrays.stream(args).skip(1).map(Path::of).toList();
    FleetReach reach = new FleetReach(folder);
    System.out.printf("%-44s %-34s %s%n", "what", "measured", "goal");
    reach.planning();
    line(
        "placement, p99 of a decision, us", "%.0f".formatted(PlacementBench.micros99()), "<= 1000");
    reach.simulating();
    reach.day();
    reach.pooling();
    reach.forecasts(points);
    System.out.println();
    System.out.print(RareModels.ASSUMPTIONS);
  }

  private static void line(String what, String measured, String goal) {
    System.out.printf("%-44s %-34s %s%n", what, measured, goal);
  }

  private Calibration calibration(Fleet fleet) throws IOException {
    return Calibration.of(measured(fleet.measurements()));
  }

  private List<Measurement> measured(List<Path> files) throws IOException {
    List<Measurement> all = new ArrayList<>();
    for (Path file : files) {
      all.addAll(new PointsReader(chips, models).read(CsvTable.read(file)).measurements());
    }
    return all;
  }

  private static double since(long begun) {
    return (System.nanoTime() - begun) / NANOS;
  }

  private static Plan planned(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Planned(Plan plan) -> plan;
      case Outcome.Impossible(Plan rest, var _) -> rest;
    };
  }

  private void planning() throws IOException {
    Fleet fleet = FleetReader.read(folder.resolve("fleet-with-h20.yaml"), chips);
    Calibration calibration = calibration(fleet);
    double[] seconds = new double[SEEDS];
    double[] gaps = new double[SEEDS];
    for (int seed = 0; seed < SEEDS; seed++) {
      Menus menus = new Menus(calibration, PlanBy.LOWER);
      long begun = System.nanoTime();
      Plan plan =
          planned(
              new Planner(menus, Planner.Goal.PRICE, GAP, MILLIS_MAX)
                  .plan(fleet, ManyModels.demands(MODELS, seed)));
      seconds[seed] = since(begun);
      gaps[seed] = 100 * plan.gap();
    }
    line(
        "plan %d models on %,d chips, s".formatted(MODELS, fleet.chips()),
        Figures.spread(seconds),
        "<= 5");
    line(
        "  proven gap, per cent, largest of %d seeds".formatted(SEEDS),
        "%.2f".formatted(Arrays.stream(gaps).max().orElse(0)),
        "<= 1");
  }

  /** A hundred models that are rarely asked for, each on a chip of its own. */
  private void simulating() {
    int many = 100;
    Replica replica =
        new Replica(
            models.find("Qwen3-8B").orElseThrow(),
            chips.find("nvidia-h100-sxm").orElseThrow(),
            "any",
            Parallelism.tensor(1),
            WeightType.BF16,
            KvType.FP16);
    Roofline roofline = Roofline.of(replica);
    ServedModel served =
        new ServedModel(
            "Qwen3-8B",
            new RooflineStep(roofline, Calibration.of(List.of()).constants(replica)),
            EngineLimits.of(roofline, false, 16, 256, 2048, Long.MAX_VALUE),
            0);
    int[] replicas = new int[many];
    Arrays.fill(replicas, 1);
    double[] rates = new double[3];
    for (int round = 0; round < rates.length; round++) {
      Simulation simulation =
          Simulation.dedicated(
              Collections.nCopies(many, served), replicas, LeastLoaded::new, new Objective(2, 0.1));
      long begun = System.nanoTime();
      var outcome =
          simulation.run(
              new SeededWorkload(1, Gaps.poisson(3.7), Lengths.fixed(300, 1200), many, 3600),
              3600,
              List.of());
      rates[round] = outcome.events() / since(begun) / 1e6;
    }
    line("simulator, million events/s on one core", Figures.spread(rates), ">= 1");
  }

  private void day() throws IOException {
    Fleet fleet = FleetReader.read(folder.resolve("fleet.yaml"), chips);
    Demands demands = DemandReader.read(folder.resolve("demand.yaml"), fleet, models);
    Calibration calibration = calibration(fleet);
    long begun = System.nanoTime();
    Plan plan =
        planned(
            new Planner(new Menus(calibration, demands.by()), Planner.Goal.PRICE, GAP, MILLIS_MAX)
                .plan(fleet, demands.demands()));
    Day day = Day.of(plan, calibration, DayOptions.DEFAULT, _ -> {});
    line(
        "the hall: plan and day, s",
        "%.1f (%d groups sampled)".formatted(since(begun), day.groups().size()),
        "<= 60");
  }

  private void pooling() {
    line(
        "models active of 100 (0.037/s, 16.79 s)",
        "%.2f; closed form %.2f"
            .formatted(RareModels.active(), 100 * (1 - Math.exp(-0.037 * 16.79))),
        "46.55 published");
    int own = RareModels.models();
    int groups = RareModels.chipsOfGroups();
    int turns = RareModels.chipsOfTurns();
    line(
        "chips for %d models: own, groups, turns".formatted(own),
        "%d, %d, %d".formatted(own, groups, turns),
        "");
    line(
        "  chips saved by turns, %", "%.0f".formatted(100.0 * (own - turns) / own), "82 (Aegaeon)");
  }

  /** Median errors of measurements that were kept from the calibration. */
  private void forecasts(List<Path> points) throws IOException {
    List<Path> files =
        points.isEmpty()
            ? FleetReader.read(folder.resolve("fleet.yaml"), chips).measurements()
            : points;
    List<Measurement> all = measured(files);
    score(Validation.score("half to half", Validation.halves(all, SPLITS, SEED_OF_SPLITS)));
    score(Validation.score("to another chip", Validation.acrossChips(all)));
    score(Validation.score("to another model", Validation.acrossModels(all)));
    score(Validation.score("to another engine", Validation.acrossEngines(all)));
    score(Validation.score("without calibration", Validation.trials(List.of(), all)));
  }

  private static void score(Validation.Score score) {
    line(
        "cost model, " + score.name() + ", median error",
        score.count() == 0
            ? "no points for it"
            : "%.1f %%; %.0f %% of %d inside"
                .formatted(100 * score.medianError(), 100 * score.coverage(), score.count()),
        "90 % inside");
  }
}
