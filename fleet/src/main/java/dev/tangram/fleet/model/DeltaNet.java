package dev.tangram.fleet.model;

/**
 * A Gated DeltaNet layer: instead of a cache that grows, a state of constant size that every step
 * reads and writes.
 *
 * @param kernel taps of the convolution
 */
public record DeltaNet(int keyHeads, int valueHeads, int keySize, int valueSize, int kernel) {
  private static final int STATE_BYTES = 4;
  private static final int CONV_BYTES = 2;

  /** Weights of one layer; {@code d} is the model's width. */
  public long weights(long d) {
    long values = (long) valueHeads * valueSize;
    return d * (channels() + values)
        + 2L * d * valueHeads
        + channels() * kernel
        + 2L * valueHeads
        + valueSize
        + values * d;
  }

  /**
   * Bytes one sequence holds for one layer: an F32 state and a 16-bit window of the convolution.
   */
  public long stateBytes() {
    return (long) valueHeads * keySize * valueSize * STATE_BYTES
        + channels() * (kernel - 1) * CONV_BYTES;
  }

  /** Multiply-adds on the state for one token of one layer: decay, read, write, read. */
  public long products() {
    return 4L * valueHeads * keySize * valueSize;
  }

  private long channels() {
    return 2L * keyHeads * keySize + (long) valueHeads * valueSize;
  }
}
