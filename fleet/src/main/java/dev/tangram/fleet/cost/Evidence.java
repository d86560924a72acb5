package dev.tangram.fleet.cost;

/** What a prediction rests on. */
public sealed interface Evidence {
  /** In words, for tables. */
  String words();

  /** This model was measured on this engine and chip, perhaps among others of its family. */
  record CalibratedHere(String setting, int points) implements Evidence {
    @Override
    public String words() {
      return "calibrated here (%d points)".formatted(points);
    }
  }

  /** Others were measured: another model, chip or engine. */
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
