package dev.tangram.kernel;

/**
 * How a weight tensor is stored in a model file: elements per block and bytes per block. The block
 * layouts are those of GGUF (ggml); blocks never cross rows.
 */
public enum Format {
  F32(1, 4),
  F16(1, 2),
  BF16(1, 2),
  Q8_0(32, 34),
  Q4_0(32, 18),
  Q4_1(32, 20),
  Q5_0(32, 22),
  Q5_1(32, 24),
  Q2_K(256, 84),
  Q3_K(256, 110),
  Q4_K(256, 144),
  Q5_K(256, 176),
  Q6_K(256, 210),
  /** Four bits that choose one of sixteen uneven steps. */
  IQ4_NL(32, 18),
  IQ4_XS(256, 136),
  /** OCP microscaling: E2M1 values with a power of two for every 32. */
  MXFP4(32, 17);

  private final int blockLength;
  private final int blockBytes;

  Format(int blockLength, int blockBytes) {
    this.blockLength = blockLength;
    this.blockBytes = blockBytes;
  }

  /** Elements in one block. */
  public int blockLength() {
    return blockLength;
  }

  /** Bytes of one block in the file. */
  public int blockBytes() {
    return blockBytes;
  }

  /**
   * Bytes of one row of {@code columns} elements in the file.
   *
   * @throws IllegalArgumentException if {@code columns} is not a positive multiple of the block
   *     length
   */
  public long rowBytes(int columns) {
    if (columns <= 0 || columns % blockLength != 0) {
      throw new IllegalArgumentException(
          "a row of "
              + name()
              + " has a positive multiple of "
              + blockLength
              + " columns, found "
              + columns);
    }
    return (long) (columns / blockLength) * blockBytes;
  }
}
