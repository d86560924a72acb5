package dev.tangram.engine.file.hf;

import dev.tangram.kernel.Format;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Rows whose columns come in another order, in runs of equal length.
 *
 * @param order order[i] is the run of {@code of} that comes i-th
 */
record OrderedColumns(Rows of, int[] order) implements Rows {
  @Override
  public Format format() {
    return of.format();
  }

  @Override
  public long rows() {
    return of.rows();
  }

  @Override
  public long columns() {
    return of.columns();
  }

  @Override
  public void copy(long row, MemorySegment to, long at) {
    MemorySegment source = Arena.ofAuto().allocate(rowBytes(), Long.BYTES);
    of.copy(row, source, 0);
    copy(source, 0, to, at);
  }

  @Override
  public MemorySegment all() {
    MemorySegment source = of.all();
    MemorySegment whole = Arena.ofAuto().allocate(Math.max(1, bytes()), Long.BYTES);
    for (long at = 0; at < bytes(); at += rowBytes()) {
      copy(source, at, whole, at);
    }
    return whole.asSlice(0, bytes()).asReadOnly();
  }

  private void copy(MemorySegment source, long from, MemorySegment to, long at) {
    long run = rowBytes() / order.length;
    for (int i = 0; i < order.length; i++) {
      MemorySegment.copy(source, from + order[i] * run, to, at + i * run, run);
    }
  }
}
