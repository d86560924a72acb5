package dev.tangram.cli;

import dev.tangram.fleet.cost.Calibration;
import dev.tangram.fleet.cost.Evidence;
import dev.tangram.fleet.cost.Forecast;
import dev.tangram.fleet.cost.Load;
import dev.tangram.fleet.cost.Measurement;
import dev.tangram.fleet.cost.Metric;
import dev.tangram.fleet.cost.PointsReader;
import dev.tangram.fleet.cost.Replica;
import dev.tangram.fleet.cost.Roofline;
import dev.tangram.fleet.file.CsvTable;
import dev.tangram.fleet.sim.EngineLimits;
import dev.tangram.fleet.sim.Objective;
import dev.tangram.fleet.sim.Outage;
import dev.tangram.fleet.sim.Outcome;
import dev.tangram.fleet.sim.RooflineStep;
import dev.tangram.fleet.sim.ServedModel;
import dev.tangram.fleet.sim.Simulation;
import dev.tangram.schedule.route.ExpectedCost;
import dev.tangram.schedule.route.LeastLoaded;
import dev.tangram.schedule.route.Router;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tangram simulate}. */
@Command(
    name = "simulate",
    description = {
      "Serve a trace, or arrivals drawn from a seed, in virtual time: the schedulers of tangram serve"
          + " with the cost model in place of the engine.",
      "A time is as good as the cost model is: --csv calibrates it."
    })
final class SimulateCommand implements Callable<Integer> {
  private static final double NANOS = 1e9;

  /** Where requests go. */
  enum Routing {
    LEAST_LOADED("least-loaded"),
    PREFIX("prefix");

    private final String word;

    Routing(String word) {
      this.word = word;
    }

    @Override
    public String toString() {
      return word;
    }
  }

  private final Surroundings surroundings;

  @Mixin private ReplicaFlags replicas;
  @Mixin private WorkloadFlags workloads;
  @Mixin private SharingFlags sharing;
  @Mixin private FleetFlags fleet;

  @Option(
      names = "--csv",
      paramLabel = "FILE",
      description = "Measurements to calibrate on, as tangram calibrate reads them. Repeatable.")
  private List<Path> measurements = List.of();

  @Option(
      names = "--routing",
      paramLabel = "HOW",
      defaultValue = "least-loaded",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Routing routing;

  @Option(
      names = "--ttft",
      paramLabel = "S",
      defaultValue = "2",
      description = "Objective: seconds to the first token (default: ${DEFAULT-VALUE}).")
  private double ttftSeconds;

  @Option(
      names = "--tpot",
      paramLabel = "MS",
      defaultValue = "100",
      description = "Objective: milliseconds a token after it (default: ${DEFAULT-VALUE}).")
  private double tpotMillis;

  @Option(
      names = "--fail",
      paramLabel = "REPLICA@S",
      description = "Let a replica, from 0, die at this second. Repeatable.")
  private List<String> failures = List.of();

  @Option(
      names = "--start",
      paramLabel = "S",
      defaultValue = "60",
      description = "Seconds a replica takes to start again (default: ${DEFAULT-VALUE}).")
  private double startSeconds;

  @Option(
      names = "--price",
      paramLabel = "P",
      description = "Price of a chip for an hour, in any currency.")
  private Double price;

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "Also write a page with charts; replaces the file.")
  private Path page;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  SimulateCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws Exception {
    WorkloadFlags.Drawn drawn = workloads.draw(sharing.models());
    Replica replica = replicas.replica(fleet);
    Calibration calibration = Calibration.of(measured());
    Evidence evidence = evidence(calibration, replica, drawn);
    Objective objective;
    EngineLimits limits;
    Roofline roofline = Roofline.of(replica);
    List<Outage> outages = new ArrayList<>();
    try {
      objective = new Objective(ttftSeconds, tpotMillis / 1e3);
      limits = replicas.limits(roofline, replica.model().stateLayers() > 0);
    } catch (IllegalArgumentException e) {
      throw Failure.usage(e);
    }
    for (String failure : failures) {
      outages.add(outage(failure));
    }
    ServedModel served =
        new ServedModel(
            replica.model().name(),
            new RooflineStep(roofline, calibration.constants(replica)),
            limits,
            sharing.loadNanos((long) (checkedStart() * NANOS)));
    Simulation simulation =
        sharing.simulation(served, replicas.count(), () -> router(limits), objective);
    long began = System.nanoTime();
    Outcome outcome = simulation.run(drawn.workload(), drawn.seconds(), outages);
    double took = (System.nanoTime() - began) / NANOS;
    var report =
        new SimulationReport(
            replica, sharing.hosts(replicas.count()), limits, evidence, drawn, price);
    var screen = surroundings.screen();
    screen.out().print(json ? report.json(outcome) : report.text(outcome, objective));
    if (page != null) {
      Files.writeString(page, report.page(outcome, objective, simulation.timeline()));
    }
    screen
        .err()
        .println(
            screen.dimErr(
                "%,d events and %,d sequence steps in %.2f s"
                    .formatted(outcome.events(), outcome.sequenceSteps(), took)));
    return 0;
  }

  private Router router(EngineLimits limits) {
    return switch (routing) {
      case LEAST_LOADED -> new LeastLoaded();
      case PREFIX -> ExpectedCost.tuned(limits.cacheTokens());
    };
  }

  private double checkedStart() {
    if (!(startSeconds >= 0) || startSeconds > 1e6) {
      throw Failure.usage("--start: found %s, allowed: 0 to 1000000 seconds", startSeconds);
    }
    return startSeconds;
  }

  private Outage outage(String text) {
    if (sharing.shared()) {
      throw Failure.usage(
          "--fail: found %s with --sharing, allowed: with replicas of its own", text);
    }
    String[] parts = text.split("@", -1);
    try {
      int replica = Integer.parseInt(parts[0]);
      double seconds = Double.parseDouble(parts[parts.length - 1]);
      if (parts.length == 2
          && replica >= 0
          && replica < sharing.hosts(replicas.count())
          && seconds >= 0
          && seconds < 1e8) {
        return new Outage(replica, (long) (seconds * NANOS));
      }
    } catch (NumberFormatException e) {
      // Said below, as for a number out of range.
    }
    throw Failure.usage(
        "--fail: found %s, allowed: REPLICA@SECONDS with a replica from 0 to %d",
        text, sharing.hosts(replicas.count()) - 1);
  }

  private List<Measurement> measured() throws IOException {
    PointsReader reader = new PointsReader(fleet.chips(), fleet.models());
    List<Measurement> all = new ArrayList<>();
    for (Path file : measurements) {
      all.addAll(reader.read(CsvTable.read(file)).measurements());
    }
    return all;
  }

  /** What the times rest on; says why if there can be none. */
  private static Evidence evidence(
      Calibration calibration, Replica replica, WorkloadFlags.Drawn drawn) {
    Load load = new Load(1, drawn.promptMean(), drawn.outputMean());
    return switch (calibration.forecast(replica, load, Metric.TPOT_MILLIS)) {
      case Forecast.Predicted predicted -> predicted.evidence();
      case Forecast.FiguresMissing missing ->
          throw Failure.failed(
              "%s cannot be simulated: nobody published %s; write it with --chips FILE",
              replica.chip().id(), String.join(", ", missing.figures()));
      case Forecast.DoesNotFit none ->
          throw Failure.failed(
              "%s does not fit %s: one sequence needs %.1f GB of each chip, usable are %.1f; more chips: --tp",
              replica.model().name(),
              replica.chip().id(),
              none.gigabytesNeeded(),
              none.gigabytesUsable());
    };
  }
}
