package dev.tangram.kernel.machine;

import dev.tangram.kernel.vector.Layout;
import dev.tangram.kernel.vector.PanelProducts;
import java.lang.foreign.MemorySegment;

/** The sums of {@link PanelWriter#integers}. */
final class IntegerSum extends PanelSum {
  private final int[] cells;
  private final int at;
  private final int tokens;

  IntegerSum(Layout layout, int columns, MemorySegment panel, int[] cells, int at, int tokens) {
    super(layout, columns, panel);
    this.cells = cells;
    this.at = at;
    this.tokens = tokens;
  }

  @Override
  float section(int section, int words, int groups, int first, int token, int row, float y) {
    int together = PanelProducts.CELL_COLUMNS / layout.group();
    for (int g = 0; g < groups; g += together) {
      int cell = at + ((first + g) / together * tokens + token) * PanelProducts.CELL_WORDS;
      float step = Float.intBitsToFloat(cells[cell + Cells.STEP]);
      float sum = sum(words, g, cell, 0, row);
      if (together == 2) {
        float both = sum * scale(section, g, row);
        both = Math.fma(sum(words, g + 1, cell, 1, row), scale(section, g + 1, row), both);
        y = Math.fma(both, step, y);
        continue;
      }
      y = Math.fma(sum * step, scale(section, g, row), y);
      if (layout.zero() == 0) {
        float columns = Float.intBitsToFloat(cells[cell + Cells.SUM]);
        y = Math.fma(minimum(section, g, row), columns, y);
      }
    }
    return y;
  }

  /** The integers of group {@code g}, which is the {@code half}th of its cell. */
  private float sum(int words, int g, int cell, int half, int row) {
    int sum = cells[cell + Cells.SEEDS + half];
    for (int c = 0; c < layout.group(); c++) {
      int column = half * layout.group() + c;
      int x = (short) (cells[cell + column / 2] >> column % 2 * 16);
      sum = Math.addExact(sum, quant(words + g * layout.groupWords(), c, row) * x);
    }
    return sum;
  }
}
