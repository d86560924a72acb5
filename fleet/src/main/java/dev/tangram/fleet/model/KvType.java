package dev.tangram.fleet.model;

/** How cached keys and values are stored. */
public enum KvType {
  FP16(2),
  FP8(1);

  private final double bytes;

  KvType(double bytes) {
    this.bytes = bytes;
  }

  public double bytes() {
    return bytes;
  }
}
