package dev.tangram.kernel.vector;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Reads one row back out of its panel: the embedding lookup, one row a token. */
final class Rows {
  private static final ValueLayout.OfInt WORD =
      ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** From a word of a row to its next. */
  private static final long WORD_BYTES = Panels.ROWS * Integer.BYTES;

  private static final ThreadLocal<float[][]> SCALES =
      ThreadLocal.withInitial(() -> new float[2][16 * Panels.ROWS]);

  private Rows() {}

  static void read(Panels w, int row, float[] y, int offset) {
    Layout layout = w.layout();
    MemorySegment panel = w.panel(row / Panels.ROWS);
    int lane = row % Panels.ROWS;
    float[] scale = SCALES.get()[0];
    float[] minimum = SCALES.get()[1];
    for (int s = 0; s < w.sections(); s++) {
      int groups = w.groupsIn(s);
      int at = s * w.sectionBytes();
      Scales.decode(layout, panel, at, groups, scale, minimum);
      for (int g = 0; g < groups; g++) {
        int column = s * Layout.SECTION + g * layout.group();
        int columns = Math.min(layout.group(), w.columns() - column);
        int words =
            at
                + (layout.scaleWords(groups) + g * layout.groupWords())
                    * Panels.ROWS
                    * Integer.BYTES;
        for (int c = 0; c < columns; c++) {
          float value = value(layout, panel, words + lane * 4, c);
          y[offset + column + c] =
              layout.scaled()
                  ? scale[g * Panels.ROWS + lane] * value + minimum[g * Panels.ROWS + lane]
                  : value;
        }
      }
    }
  }

  /**
   * @param words where the lane's first word of the group stands
   */
  private static float value(Layout layout, MemorySegment panel, int words, int c) {
    if (layout.quant() == Layout.Quant.INTEGER) {
      return layout.quantOf(w -> panel.get(WORD, words + w * WORD_BYTES), c);
    }
    int bits =
        panel.get(WORD, words + c / layout.perLane() * WORD_BYTES)
            >>> layout.bit(c % layout.perLane());
    return switch (layout.quant()) {
      case INTEGER -> throw new IllegalStateException("read above");
      case F32 -> Float.intBitsToFloat(bits);
      case F16 -> Float.float16ToFloat((short) bits);
      case BF16 -> Float.intBitsToFloat(bits << 16);
    };
  }
}
