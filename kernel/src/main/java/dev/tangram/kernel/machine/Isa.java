package dev.tangram.kernel.machine;

/** The instruction sets that code is written for. */
public enum Isa {
  /** AVX2 and FMA: 16 registers of 8 floats. */
  AVX2(8, 16, 8),
  /** AVX-512 F and BW: 32 registers of 16 floats, and multiplication by one float in memory. */
  AVX512(16, 32, 16),
  /** AArch64: 32 registers of 4 floats, and multiplication by one lane of a register. */
  NEON(4, 32, 8);

  private final int floats;
  private final int registers;
  private final int tokensMax;

  Isa(int floats, int registers, int tokensMax) {
    this.floats = floats;
    this.registers = registers;
    this.tokensMax = tokensMax;
  }

  /** Floats in a register. */
  public int floats() {
    return floats;
  }

  /** Bytes in a register. */
  public int bytes() {
    return floats * Float.BYTES;
  }

  public int widthBits() {
    return floats * Float.SIZE;
  }

  /** Vector registers. */
  public int registers() {
    return registers;
  }

  /** The most tokens that one pass over the weights serves. */
  public int tokensMax() {
    return tokensMax;
  }
}
