package dev.tangram.engine.file.hf;

import dev.tangram.kernel.Format;
import java.lang.foreign.MemorySegment;

/**
 * Rows as they lie in a file.
 *
 * @param data all of them, mapped
 */
record StoredRows(Format format, long rows, long columns, MemorySegment data) implements Rows {
  @Override
  public void copy(long row, MemorySegment to, long at) {
    MemorySegment.copy(data, row * rowBytes(), to, at, rowBytes());
  }

  @Override
  public MemorySegment all() {
    return data;
  }

  @Override
  public Rows range(long from, long count) {
    return new StoredRows(
        format, count, columns, data.asSlice(from * rowBytes(), count * rowBytes()));
  }
}
