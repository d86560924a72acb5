package dev.tangram.engine.quantize;

import java.nio.file.Path;

/**
 * A file that was written.
 *
 * @param bytesBefore of the weights that were read
 * @param bytes of the file
 * @param weightBytes of the weights in it
 * @param weights how many there are
 * @param fallbacks tensors whose rows are no whole blocks of the type they should have had
 */
public record Rewritten(
    Path file, long bytesBefore, long bytes, long weightBytes, long weights, int fallbacks) {
  /** Bits of a weight on average, scales included. */
  public double bitsPerWeight() {
    return weights == 0 ? 0 : 8.0 * weightBytes / weights;
  }
}
