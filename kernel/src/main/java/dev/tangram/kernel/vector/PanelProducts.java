package dev.tangram.kernel.vector;

import dev.tangram.kernel.Format;
import java.lang.foreign.MemorySegment;

/**
 * Something that multiplies panels faster than {@link Multiply}: the machine tier. With float
 * activations its results are {@link Multiply}'s, bit for bit. It may ask for integers instead,
 * whose results are its own; those too may not depend on how many tokens are multiplied at once.
 *
 * <p>Threads: called by all workers at once.
 */
public interface PanelProducts {
  /** Columns of a cell. */
  int CELL_COLUMNS = 32;

  /**
   * Words of a cell: 32 columns of a token as 16 pairs of 16-bit integers, the first of a pair in
   * the low half; a float, what one step of the integers is worth; and three words more that the
   * products want.
   */
  int CELL_WORDS = CELL_COLUMNS / 2 + 4;

  /** How the panels of a format are packed, whoever multiplies them. */
  Layout layout(Format format);

  /** Whether it multiplies matrices of this format and width; the vector tier does the others. */
  boolean takes(Format format, int columns);

  /** Whether it wants activations as integers for them; false where it takes nothing. */
  default boolean integers(Format format, int columns) {
    return false;
  }

  /**
   * Adds to y the products of a panel with the tokens of one block: {@code y[t, 32] += W[32, D]
   * x[t]}.
   *
   * @param panel all of the panel and no more, aligned to 64 bytes
   * @param x inputs in the order of {@link FloatInputs}, the block's at {@code xAt}
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

  /**
   * Makes the cells of one token: {@code x[from ...]}, as many as there are columns, becomes cells
   * {@code stride} cells apart, the first at {@code to}.
   */
  default void cells(
      Format format, int columns, float[] x, int from, int[] cells, int to, int stride) {
    throw new IllegalStateException("takes no integers");
  }

  /**
   * As above with integers.
   *
   * @param cells in the order of {@link IntegerInputs}, the block's at {@code at}
   */
  default void multiply(
      Format format, int columns, MemorySegment panel, int[] cells, int at, int tokens, float[] y) {
    throw new IllegalStateException("takes no integers");
  }
}
