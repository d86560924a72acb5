package dev.tangram.kernel.vector;

import dev.tangram.kernel.Format;
import java.lang.foreign.MemorySegment;

/**
 * Something that multiplies panels faster than {@link Multiply}, with the same bits as result: the
 * machine tier.
 *
 * <p>Threads: called by all workers at once.
 */
public interface PanelProducts {
  /** Whether it multiplies matrices of this format and width; the vector tier does the others. */
  boolean takes(Format format, int columns);

  /**
   * Adds to y the products of a panel with the tokens of one block: {@code y[t, 32] += W[32, D]
   * x[t]}.
   *
   * @param panel all of the panel and no more, aligned to 64 bytes
   * @param x inputs in the order of {@link Inputs}, the block's at {@code xAt}
   * @param sums of x over each group, the block's at {@code sumsAt}
   * @param tokens of the block, at most 64
   */
  void multiply(
      Format format,
      int columns,
      MemorySegment panel,
      float[] x,
      int xAt,
      float[] sums,
      int sumsAt,
      int tokens,
      float[] y);
}
