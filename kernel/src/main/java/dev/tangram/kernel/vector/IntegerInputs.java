package dev.tangram.kernel.vector;

import dev.tangram.kernel.Format;

/**
 * Activations as integers of 16 bits in cells of 32 columns, which {@link PanelProducts} fills and
 * reads:
 *
 * <pre>
 *   cells = block, block, ...    block = [32 columns][token]
 * </pre>
 */
final class IntegerInputs extends Inputs {
  private final Format format;
  private final PanelProducts products;
  private final int from;

  final int[] cells;

  /**
   * @param before what takes the buffer's front, or null
   */
  IntegerInputs(
      Panels w,
      int firstRow,
      int tokens,
      IntegerInputs before,
      int[] cells,
      PanelProducts products) {
    super(w.columns(), firstRow, tokens);
    this.format = w.format();
    this.products = products;
    this.cells = cells;
    this.from = before == null ? 0 : before.from + words(before.tokens, before.columns);
  }

  /** Words that so many inputs take. */
  static int words(int tokens, int columns) {
    return Math.multiplyExact(
        tokens, columns / PanelProducts.CELL_COLUMNS * PanelProducts.CELL_WORDS);
  }

  /** Where block {@code b} begins in {@link #cells}. */
  int at(int b) {
    return from + words(b * BLOCK, columns);
  }

  @Override
  void read(float[] x, int first, int last) {
    for (int t = first; t < last; t++) {
      int b = t / BLOCK;
      int at = at(b) + t % BLOCK * PanelProducts.CELL_WORDS;
      products.cells(format, columns, x, row(t) * columns, cells, at, tokensIn(b));
    }
  }
}
