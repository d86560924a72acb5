package dev.tangram.engine.file;

import dev.tangram.kernel.Format;
import java.util.List;

/**
 * A tensor of a model file.
 *
 * @param shape in file order of GGUF: shape[0] is the contiguous dimension (input features),
 *     shape[1] the rows
 * @param offset absolute byte offset in the file, checked
 * @param bytes its size, checked to lie inside the file
 */
public record Tensor(String name, Format format, List<Long> shape, long offset, long bytes) {
  /** Number of elements. */
  public long elements() {
    long n = 1;
    for (long d : shape) {
      n = Math.multiplyExact(n, d);
    }
    return n;
  }
}
