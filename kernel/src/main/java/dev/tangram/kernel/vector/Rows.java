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

  private Rows() {}

  static void read(Panels w, int row, float[] y, int offset) {
    Layout layout = w.layout();
    MemorySegment panel = w.panel(row / Panels.ROWS);
    int lane = row % Panels.ROWS;
    LaneScales scales = new LaneScales(layout, panel);
    for (int s = 0; s < w.sections(); s++) {
      int groups = w.groupsIn(s);
      int section = s * w.sectionBytes() / (int) WORD_BYTES;
      for (int g = 0; g < groups; g++) {
        int column = s * Layout.SECTION + g * layout.group();
        int columns = Math.min(layout.group(), w.columns() - column);
        int words = section + layout.scaleWords(groups) + g * layout.groupWords();
        int at = words * (int) WORD_BYTES + lane * 4;
        float scale = scales.scale(section, g, lane);
        float minimum = scales.minimum(section, g, lane);
        for (int c = 0; c < columns; c++) {
          float value = value(layout, panel, at, c);
          y[offset + column + c] = layout.scaled() ? scale * value + minimum : value;
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
