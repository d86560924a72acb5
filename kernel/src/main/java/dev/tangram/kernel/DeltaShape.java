package dev.tangram.kernel;

/**
 * Sizes of a Gated DeltaNet layer.
 *
 * @param keyHeads Hk
 * @param valueHeads Hv, a multiple of Hk
 * @param keySize dk, elements of a query or key head
 * @param valueSize dv, elements of a value head
 * @param tiled value head h reads key head {@code h mod Hk} (GGUF files of qwen35); otherwise {@code
 *     h / (Hv / Hk)}
 */
public record DeltaShape(
    int keyHeads, int valueHeads, int keySize, int valueSize, boolean tiled) {
  /** Channels of the convolution: all queries, all keys, all values. */
  public int channels() {
    return 2 * keyHeads * keySize + valueHeads * valueSize;
  }

  /** Hv dv: elements of all value heads. */
  public int inner() {
    return valueHeads * valueSize;
  }

  /** The key head that a value head reads. */
  public int keyHead(int valueHead) {
    return tiled ? valueHead % keyHeads : valueHead / (valueHeads / keyHeads);
  }
}
