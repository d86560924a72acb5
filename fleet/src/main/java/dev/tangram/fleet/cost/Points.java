package dev.tangram.fleet.cost;

import java.util.List;

/**
 * What a file of measurements holds.
 *
 * @param skipped rows that are right but beyond the cost model, each with its reason
 */
public record Points(List<Measurement> measurements, List<Skipped> skipped) {
  public Points {
    measurements = List.copyOf(measurements);
    skipped = List.copyOf(skipped);
  }

  /** A row that was not used. */
  public record Skipped(int line, String reason) {}
}
