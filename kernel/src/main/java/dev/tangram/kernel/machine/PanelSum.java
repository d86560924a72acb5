package dev.tangram.kernel.machine;

import dev.tangram.kernel.vector.Layout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * What {@link ProductCode} computes, one lane and one step at a time: the order of sums written
 * down once more, for {@link Tryout}.
 */
final class PanelSum {
  private static final int ROWS = 32;
  private static final ValueLayout.OfInt WORD =
      ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Layout layout;
  private final int columns;
  private final MemorySegment panel;
  private final float[] x;
  private final int xAt;
  private final float[] sums;
  private final int sumsAt;
  private final int tokens;

  PanelSum(
      Layout layout,
      int columns,
      MemorySegment panel,
      float[] x,
      int xAt,
      float[] sums,
      int sumsAt,
      int tokens) {
    this.layout = layout;
    this.columns = columns;
    this.panel = panel;
    this.x = x;
    this.xAt = xAt;
    this.sums = sums;
    this.sumsAt = sumsAt;
    this.tokens = tokens;
  }

  private int word(int at, int row) {
    return panel.get(WORD, (at * ROWS + row) * 4L);
  }

  /** The sum of one row for one token, from zero. */
  float of(int token, int row) {
    int length = layout.group();
    int all = columns / length;
    int perSection = Layout.SECTION / length;
    float y = 0;
    for (int group = 0; group < all; group++) {
      int groups = Math.min(perSection, all - group / perSection * perSection);
      int section = group / perSection * layout.sectionWords(perSection);
      int words = section + layout.scaleWords(groups) + group % perSection * layout.groupWords();
      float chain = 0;
      for (int c = 0; c < length; c++) {
        int j = c % layout.perLane();
        float value = value(word(words + c / layout.perLane(), row), j);
        chain = Math.fma(value, x[xAt + input(group, c, token)], chain);
      }
      if (layout.scaled()) {
        float sum = sums[sumsAt + group * tokens + token];
        y = Math.fma(scale(section, group % perSection, row), chain, y);
        y = Math.fma(minimum(section, group % perSection, row), sum, y);
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

  private float value(int word, int j) {
    return switch (layout.quant()) {
      case INTEGER -> {
        int bits = layout.bits();
        yield (word >>> j * bits & (1 << bits) - 1) << layout.standing(j);
      }
      case F16 -> half(word >>> 16 * j);
      case BF16 -> Float.intBitsToFloat(word >>> 16 * j << 16);
      case F32 -> Float.intBitsToFloat(word);
    };
  }

  private static float half(int bits) {
    return Float.float16ToFloat((short) bits);
  }

  private float scale(int section, int g, int row) {
    return switch (layout.scaling()) {
      case HALF -> half(word(section + g / 2, row) >>> g % 2 * 16);
      case HALF_PAIR -> half(word(section + g, row));
      case SUPER_PAIR ->
          (word(section + 1 + g / 4, row) >>> g % 4 * 8 & 255) * half(word(section, row));
      case SUPER_SIGNED ->
          (byte) (word(section + 1 + g / 4, row) >>> g % 4 * 8) * half(word(section, row));
      default -> throw new IllegalStateException("no code for " + layout);
    };
  }

  private float minimum(int section, int g, int row) {
    return switch (layout.scaling()) {
      case HALF, SUPER_SIGNED -> scale(section, g, row) * -layout.zero();
      case HALF_PAIR -> half(word(section + g, row) >>> 16);
      case SUPER_PAIR ->
          (word(section + 3 + g / 4, row) >>> g % 4 * 8 & 255) * -half(word(section, row) >>> 16);
      default -> throw new IllegalStateException("no code for " + layout);
    };
  }
}
