package dev.tangram.kernel.machine;

import dev.tangram.kernel.vector.LaneScales;
import dev.tangram.kernel.vector.Layout;
import java.lang.foreign.MemorySegment;

/** The sums of {@link PanelWriter#floats}. */
final class FloatSum extends PanelSum {
  private final float[] x;
  private final int xAt;
  private final float[] sums;
  private final int sumsAt;
  private final int tokens;

  FloatSum(
      Layout layout,
      int columns,
      MemorySegment panel,
      float[] x,
      int xAt,
      float[] sums,
      int sumsAt,
      int tokens) {
    super(layout, columns, panel);
    this.x = x;
    this.xAt = xAt;
    this.sums = sums;
    this.sumsAt = sumsAt;
    this.tokens = tokens;
  }

  @Override
  float section(int section, int words, int groups, int first, int token, int row, float y) {
    for (int g = 0; g < groups; g++) {
      float chain = 0;
      for (int c = 0; c < layout.group(); c++) {
        float value = value(words + g * layout.groupWords(), c, row);
        chain = Math.fma(value, x[xAt + input(first + g, c, token)], chain);
      }
      if (layout.scaled()) {
        float sum = sums[sumsAt + (first + g) * tokens + token];
        y = Math.fma(scale(section, g, row), chain, y);
        y = Math.fma(minimum(section, g, row), sum, y);
      } else {
        y += chain;
      }
    }
    return y;
  }

  /** Tiles of four tokens, then one of two and one of one. */
  private int input(int group, int c, int token) {
    int four = tokens & -4;
    int two = tokens & -2;
    int width = token < four ? 4 : token < two ? 2 : 1;
    int first = token < four ? token & -4 : token < two ? four : two;
    int length = layout.group();
    return group * tokens * length + first * length + c * width + token - first;
  }

  private float value(int words, int c, int row) {
    int j = c % layout.perLane();
    if (layout.quant() == Layout.Quant.INTEGER) {
      return quant(words, c, row) << layout.standing(j);
    }
    int word = word(words + c / layout.perLane(), row);
    return switch (layout.quant()) {
      case INTEGER -> throw new IllegalStateException("read above");
      case F16 -> LaneScales.half(word >>> 16 * j);
      case BF16 -> Float.intBitsToFloat(word >>> 16 * j << 16);
      case F32 -> Float.intBitsToFloat(word);
    };
  }
}
