package dev.tangram.engine.file.hf;

import dev.tangram.kernel.Format;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A matrix [rows, columns] that is read from a checkpoint, perhaps reordered or computed on the
 * way. Nothing is held: each reading computes anew, so the memory taken is that of what is asked
 * for. Safe for many threads.
 */
interface Rows {
  /** F32, F16 or BF16. */
  Format format();

  long rows();

  long columns();

  /** Writes row {@code row} of {@link #rowBytes} bytes to {@code to} from byte {@code at} on. */
  void copy(long row, MemorySegment to, long at);

  default long rowBytes() {
    return columns() * format().blockBytes();
  }

  default long bytes() {
    return rows() * rowBytes();
  }

  /**
   * All rows one after the other: mapped where they lie so in a file, else in memory that is freed
   * once nobody refers to it.
   */
  default MemorySegment all() {
    MemorySegment whole = Arena.ofAuto().allocate(Math.max(1, bytes()), Long.BYTES);
    long at = 0;
    for (long row = 0; row < rows(); row++) {
      copy(row, whole, at);
      at += rowBytes();
    }
    return whole.asSlice(0, bytes()).asReadOnly();
  }

  /** Rows [from, from + count). */
  default Rows range(long from, long count) {
    return new RowRange(this, from, count);
  }

  /** Some rows of a matrix. */
  record RowRange(Rows of, long from, long rows) implements Rows {
    @Override
    public Format format() {
      return of.format();
    }

    @Override
    public long columns() {
      return of.columns();
    }

    @Override
    public void copy(long row, MemorySegment to, long at) {
      of.copy(from + row, to, at);
    }
  }
}
