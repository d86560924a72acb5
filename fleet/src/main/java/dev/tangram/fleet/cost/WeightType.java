package dev.tangram.fleet.cost;

import dev.tangram.fleet.chip.Precision;

/** How weights are stored, and at which rate they are multiplied where the chip has it. */
public enum WeightType {
  BF16(2, Precision.FP16),
  FP8(1, Precision.FP8),
  INT8(1, Precision.INT8),
  /** Unpacked to 16 bits before use; half a byte and its share of a scale. */
  INT4(0.53, Precision.FP16);

  private final double bytes;
  private final Precision rate;

  WeightType(double bytes, Precision rate) {
    this.bytes = bytes;
    this.rate = rate;
  }

  public double bytes() {
    return bytes;
  }

  public Precision rate() {
    return rate;
  }
}
