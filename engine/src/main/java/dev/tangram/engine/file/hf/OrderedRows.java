package dev.tangram.engine.file.hf;

import dev.tangram.kernel.Format;
import java.lang.foreign.MemorySegment;
import java.util.stream.IntStream;

/**
 * Rows in another order, some perhaps left out.
 *
 * @param order order[i] is the row of {@code of} that comes i-th
 */
record OrderedRows(Rows of, int[] order) implements Rows {
  /**
   * Llama's heads: the reader turns neighbours, so row i of the first half of a head is followed by
   * row i of its second half.
   */
  static Rows adjacentPairs(Rows of, int headSize) {
    int half = headSize / 2;
    return new OrderedRows(
        of,
        IntStream.range(0, Math.toIntExact(of.rows()))
            .map(row -> row / headSize * headSize + row % 2 * half + row % headSize / 2)
            .toArray());
  }

  @Override
  public Format format() {
    return of.format();
  }

  @Override
  public long rows() {
    return order.length;
  }

  @Override
  public long columns() {
    return of.columns();
  }

  @Override
  public void copy(long row, MemorySegment to, long at) {
    of.copy(order[Math.toIntExact(row)], to, at);
  }
}
