package dev.tangram.cli;

import dev.tangram.fleet.chip.ChipCatalogue;
import dev.tangram.fleet.cost.Calibration;
import dev.tangram.fleet.cost.Measurement;
import dev.tangram.fleet.cost.PointsReader;
import dev.tangram.fleet.file.CsvTable;
import dev.tangram.fleet.model.ModelCatalogue;
import dev.tangram.fleet.plan.DemandReader;
import dev.tangram.fleet.plan.Demands;
import dev.tangram.fleet.plan.Fleet;
import dev.tangram.fleet.plan.FleetReader;
import dev.tangram.fleet.plan.Menus;
import dev.tangram.fleet.plan.PlanBy;
import dev.tangram.fleet.plan.Planner;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A fleet, what is asked of it, and how to plan. */
final class PlanFlags {
  private static final long MILLIS = 1000;

  @Parameters(index = "0", paramLabel = "FLEET.yaml", description = "Rooms and pools of chips.")
  private Path fleetFile;

  @Parameters(index = "1", paramLabel = "DEMAND.yaml", description = "Tenants and their models.")
  private Path demandFile;

  @Option(
      names = "--minimise",
      paramLabel = "WHAT",
      defaultValue = "price",
      description = "price or chips (default: ${DEFAULT-VALUE}).")
  private String minimise;

  @Option(
      names = "--plan-by",
      paramLabel = "END",
      description = "Rely on the lower end of each forecast, or its likely value: lower, likely.")
  private String planBy;

  @Option(
      names = "--gap",
      paramLabel = "SHARE",
      defaultValue = "0.01",
      description = "What need not be proven of the optimum (default: ${DEFAULT-VALUE}).")
  private double gap;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "60",
      description = "At most so long for one run of the solver (default: ${DEFAULT-VALUE}).")
  private long seconds;

  @Mixin private FleetFlags catalogues;

  /** What was read, what times rest on, and a planner for it. */
  record Task(Fleet fleet, Demands demands, Calibration calibration, Planner planner) {}

  Task task() throws IOException {
    if (!(gap >= 0 && gap < 1)) {
      throw Failure.usage("--gap: found %s, allowed: 0 or more, less than 1", gap);
    }
    if (seconds < 1 || seconds > 86_400) {
      throw Failure.usage("--seconds: found %d, allowed: 1 to 86400", seconds);
    }
    Planner.Goal goal =
        switch (minimise) {
          case "price" -> Planner.Goal.PRICE;
          case "chips" -> Planner.Goal.CHIPS;
          default -> throw Failure.usage("--minimise: found %s, allowed: price, chips", minimise);
        };
    ChipCatalogue chips = catalogues.chips();
    ModelCatalogue models = catalogues.models();
    Fleet fleet = FleetReader.read(fleetFile, chips);
    Demands demands = DemandReader.read(demandFile, fleet, models);
    List<Measurement> measured = new ArrayList<>();
    for (Path file : fleet.measurements()) {
      measured.addAll(new PointsReader(chips, models).read(CsvTable.read(file)).measurements());
    }
    Calibration calibration = Calibration.of(measured);
    Menus menus = new Menus(calibration, by(demands));
    return new Task(fleet, demands, calibration, new Planner(menus, goal, gap, seconds * MILLIS));
  }

  private PlanBy by(Demands demands) {
    if (planBy == null) {
      return demands.by();
    }
    return switch (planBy) {
      case "lower" -> PlanBy.LOWER;
      case "likely" -> PlanBy.LIKELY;
      default -> throw Failure.usage("--plan-by: found %s, allowed: lower, likely", planBy);
    };
  }
}
