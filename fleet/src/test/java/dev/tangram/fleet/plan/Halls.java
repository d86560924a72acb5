package dev.tangram.fleet.plan;

import dev.tangram.fleet.chip.ChipCatalogue;
import dev.tangram.fleet.cost.Calibration;
import dev.tangram.fleet.cost.Measurement;
import dev.tangram.fleet.cost.PointsReader;
import dev.tangram.fleet.file.CsvTable;
import dev.tangram.fleet.model.ModelCatalogue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Fleets and demands of tests, from texts and from the example. */
public final class Halls {
  public static final double GAP = 0.01;
  static final long MILLIS_MAX = 60_000;
  static final Path EXAMPLE = Path.of("..", "examples", "sanjiangyuan");

  private static final ChipCatalogue CHIPS = ChipCatalogue.shipped();
  private static final ModelCatalogue MODELS = ModelCatalogue.shipped();

  private Halls() {}

  public static Fleet fleet(Path file) throws IOException {
    return FleetReader.read(file, CHIPS);
  }

  public static Demands demands(Path file, Fleet fleet) throws IOException {
    return DemandReader.read(file, fleet, MODELS);
  }

  public static Fleet fleet(Path folder, String yaml) throws IOException {
    return fleet(Files.writeString(folder.resolve("fleet.yaml"), yaml));
  }

  public static Demands demands(Path folder, Fleet fleet, String yaml) throws IOException {
    return demands(Files.writeString(folder.resolve("demand.yaml"), yaml), fleet);
  }

  /** Calibrated on what the fleet names; on nothing if that is nothing. */
  public static Planner planner(Fleet fleet, PlanBy by, double gap) throws IOException {
    return new Planner(new Menus(calibration(fleet), by), Planner.Goal.PRICE, gap, MILLIS_MAX);
  }

  public static Calibration calibration(Fleet fleet) throws IOException {
    List<Measurement> measured = new ArrayList<>();
    for (Path file : fleet.measurements()) {
      measured.addAll(new PointsReader(CHIPS, MODELS).read(CsvTable.read(file)).measurements());
    }
    return Calibration.of(measured);
  }

  public static ModelCatalogue models() {
    return MODELS;
  }
}
