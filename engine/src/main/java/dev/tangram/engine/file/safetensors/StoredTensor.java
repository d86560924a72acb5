package dev.tangram.engine.file.safetensors;

import dev.tangram.engine.file.Extent;
import java.util.List;

/**
 * A tensor of a safetensors file.
 *
 * @param shape row-major order: the last dimension is the contiguous one; empty for a single number
 * @param extent where its bytes are in the file, checked
 */
public record StoredTensor(String name, DataType type, List<Long> shape, Extent extent) {
  /** Number of elements; fits, because its bytes do. */
  public long elements() {
    return extent.size() / type.bytes();
  }
}
