package dev.tangram.engine.file.hf;

import dev.tangram.engine.file.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A tensor as the engine sees it, and where its matrices come from.
 *
 * @param parts one, or one for each expert
 */
record Presented(Tensor tensor, List<Rows> parts) {
  MemorySegment data() {
    if (parts.size() == 1) {
      return parts.getFirst().all();
    }
    MemorySegment whole = Arena.ofAuto().allocate(tensor.bytes(), Long.BYTES);
    long at = 0;
    for (Rows part : parts) {
      for (long row = 0; row < part.rows(); row++) {
        part.copy(row, whole, at);
        at += part.rowBytes();
      }
    }
    return whole.asReadOnly();
  }

  MemorySegment slice(int index) {
    return parts.get(index).all();
  }
}
