package dev.tangram.kernel;

/**
 * Sizes of a Gated DeltaNet layer.
 *
 * @param keyHeads Hk
 * @param valueHeads Hv, a multiple of Hk
 * @param keySize dk, elements of a query or key head
 * @param valueSize dv, elements of a value head
 * @param tiled value head h reads key head {@code h mod Hk} (GGUF files of qwen35); otherwise
 *     {@code h / (Hv / Hk)}
 */
public record DeltaShape(int keyHeads, int valueHeads, int keySize, int valueSize, boolean tiled) {
  /** Value elements that stand together in a panel of the state: see {@link StateMemory}. */
  public static final int PANEL = 32;

  public DeltaShape {
    if (keyHeads < 1 || valueHeads < keyHeads || valueHeads % keyHeads != 0) {
      throw new IllegalArgumentException(
          "value heads must be a multiple of key heads, found %d and %d"
              .formatted(valueHeads, keyHeads));
    }
    if (keySize < 1 || valueSize < 1) {
      throw new IllegalArgumentException(
          "head sizes must be at least 1, found key size %d, value size %d"
              .formatted(keySize, valueSize));
    }
  }

  /** Channels of the convolution: all queries, all keys, all values. */
  public int channels() {
    return 2 * keyHeads * keySize + valueHeads * valueSize;
  }

  /** Hv dv: elements of all value heads. */
  public int inner() {
    return valueHeads * valueSize;
  }

  /** Hv dv dk: floats of recurrent state in a layer. */
  public long recurrent() {
    return (long) inner() * keySize;
  }

  /** The key head that a value head reads. */
  public int keyHead(int valueHead) {
    return tiled ? valueHead % keyHeads : valueHead / (valueHeads / keyHeads);
  }

  /** Panels of a head's state, the last one perhaps narrower. */
  public int panels() {
    return Math.ceilDiv(valueSize, PANEL);
  }

  /** Value elements of panel {@code p}: the floats of one of its rows. */
  public int panelWidth(int p) {
    return Math.min(PANEL, valueSize - p * PANEL);
  }

  /** Where S[key, value] of a head stands among the floats of {@link StateMemory#recurrent}. */
  public long index(int head, int key, int value) {
    int p = value / PANEL;
    return ((long) head * valueSize + p * PANEL) * keySize
        + (long) key * panelWidth(p)
        + value % PANEL;
  }
}
