package dev.tangram.fleet.cost;

/** What a prediction rests on. */
public sealed interface Evidence {
  /** In words, for tables. */
  String words();

  /** This engine, chip and model family were measured. */
  record CalibratedHere(String setting, int points) implements Evidence {
    @Override
    public String words() {
      return "calibrated here (%d points)".formatted(points);
    }
  }

  /** Others were measured that have the engine or the family in common. */
  record TransferredFrom(String settings, int points) implements Evidence {
    @Override
    public String words() {
      return "transferred from %s (%d points)".formatted(settings, points);
    }
  }

  /** Nothing related was measured. */
  record Uncalibrated() implements Evidence {
    @Override
    public String words() {
      return "uncalibrated";
    }
  }
}
