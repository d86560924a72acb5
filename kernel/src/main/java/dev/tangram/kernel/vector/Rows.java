package dev.tangram.kernel.vector;

import java.lang.foreign.MemorySegment;

/** Reads one row back out of its panel: the embedding lookup, one row a token. */
final class Rows {
  private Rows() {}

  static void read(Panels w, int number, float[] y, int offset) {
    Layout layout = w.layout();
    MemorySegment panel = w.panel(number / Panels.ROWS);
    int lane = number % Panels.ROWS;
    LaneScales row = new LaneScales(layout, panel);
    int[] words = new int[layout.groupWords()];
    for (int s = 0; s < w.sections(); s++) {
      int groups = w.groupsIn(s);
      int section = s * w.sectionBytes() / LaneScales.WORD_BYTES;
      for (int g = 0; g < groups; g++) {
        int column = s * Layout.SECTION + g * layout.group();
        int columns = Math.min(layout.group(), w.columns() - column);
        int at = section + layout.scaleWords(groups) + g * words.length;
        for (int i = 0; i < words.length; i++) {
          words[i] = row.word(at + i, lane);
        }
        float scale = row.scale(section, g, lane);
        float minimum = row.minimum(section, g, lane);
        for (int c = 0; c < columns; c++) {
          float value = value(layout, words, c);
          y[offset + column + c] = layout.scaled() ? scale * value + minimum : value;
        }
      }
    }
  }

  private static float value(Layout layout, int[] words, int c) {
    if (layout.quant() == Layout.Quant.INTEGER) {
      return layout.quantOf(words, c);
    }
    int bits = words[c / layout.perLane()] >>> layout.bit(c % layout.perLane());
    return switch (layout.quant()) {
      case INTEGER -> throw new IllegalStateException("read above");
      case F32 -> Float.intBitsToFloat(bits);
      case F16 -> Float.float16ToFloat((short) bits);
      case BF16 -> Float.intBitsToFloat(bits << 16);
    };
  }
}
