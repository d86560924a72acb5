package dev.tangram.kernel.machine;

import dev.tangram.kernel.vector.Layout;
import dev.tangram.kernel.vector.PanelProducts;

/**
 * Activations as integers of 16 bits: 32 columns of a token share one step, the largest of them
 * divided by 32767. A cell is 20 words:
 *
 * <pre>
 *   0 .. 15  pairs of columns, the first in the low half
 *   16       the step, a float; NaN if one of the columns is NaN or infinite
 *   17       sum of the columns, a float: sum of the integers times step
 *   18, 19   seeds: sum of a group's integers times minus the layout's zero; the second is of the
 *            second group where a group has 16 columns, else 0
 * </pre>
 *
 * <p>{@link dev.tangram.kernel.machine.x86.X86Code} does the same in machine code; this is the word
 * on what is right.
 */
public final class Cells {
  /** The word of a cell where its step stands. */
  public static final int STEP = 16;

  /** The word of its sum. */
  public static final int SUM = 17;

  /** The first word of its seeds. */
  public static final int SEEDS = 18;

  /** The largest integer; its negative is the least. */
  public static final float MOST = 32767;

  private static final int INFINITE = 0x7F800000;

  private Cells() {}

  /** Makes one cell of {@code x[from, from + 32)}. */
  static void fill(Layout layout, float[] x, int from, int[] cells, int to) {
    int most = 0;
    for (int i = 0; i < PanelProducts.CELL_COLUMNS; i++) {
      most = Math.max(most, Float.floatToRawIntBits(x[from + i]) & 0x7FFFFFFF);
    }
    float largest = Float.intBitsToFloat(most);
    // Of numbers so small that this is infinite, the largest float makes integers just as well.
    float factor = Math.min(MOST / largest, Float.MAX_VALUE);
    if (most >= INFINITE) {
      factor = 0;
      largest = Float.NaN;
    }
    int low = 0;
    int high = 0;
    for (int i = 0; i < PanelProducts.CELL_COLUMNS; i += 2) {
      int first = nearest(x[from + i] * factor);
      int second = nearest(x[from + i + 1] * factor);
      cells[to + i / 2] = first & 0xFFFF | second << 16;
      if (i < 16) {
        low += first + second;
      } else {
        high += first + second;
      }
    }
    float step = largest * (1 / MOST);
    cells[to + STEP] = Float.floatToRawIntBits(step);
    cells[to + SUM] = Float.floatToRawIntBits((low + high) * step);
    boolean two = layout.group() == 16;
    cells[to + SEEDS] = -layout.zero() * (two ? low : low + high);
    cells[to + SEEDS + 1] = two ? -layout.zero() * high : 0;
  }

  /** The nearest integer, the even one of two; what is no number is 0. */
  private static int nearest(float x) {
    return (int) Math.rint(x);
  }
}
