package dev.tangram.kernel.machine;

import dev.tangram.kernel.vector.Layout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * What {@link PanelCode} computes, one lane and one step at a time: the order of sums written down
 * once more, for {@link Tryout}.
 */
abstract class PanelSum {
  private static final int ROWS = 32;
  private static final ValueLayout.OfInt WORD =
      ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);

  final Layout layout;
  private final int columns;
  private final MemorySegment panel;

  PanelSum(Layout layout, int columns, MemorySegment panel) {
    this.layout = layout;
    this.columns = columns;
    this.panel = panel;
  }

  /** The sum of one row for one token, from zero. */
  final float of(int token, int row) {
    int all = columns / layout.group();
    int perSection = Layout.SECTION / layout.group();
    float y = 0;
    for (int first = 0; first < all; first += perSection) {
      int groups = Math.min(perSection, all - first);
      int section = first / perSection * layout.sectionWords(perSection);
      int words = section + layout.scaleWords(groups);
      y = section(section, words, groups, first, token, row, y);
    }
    return y;
  }

  /**
   * y and the products of one section.
   *
   * @param section where its scales begin, in words of 32 rows
   * @param words where its quants begin
   * @param first number of its first group
   */
  abstract float section(
      int section, int words, int groups, int first, int token, int row, float y);

  final int word(int at, int row) {
    return panel.get(WORD, (at * ROWS + row) * 4L);
  }

  /** Quant c of a group whose quants begin at {@code words}. */
  final int quant(int words, int c, int row) {
    return layout.quantOf(w -> word(words + w, row), c);
  }

  /** As the code does: an exponent of 31 is one more power of two, not infinity. */
  static float half(int bits) {
    float magnitude = Float.intBitsToFloat((bits & 0x7FFF) << 13) * 0x1p112f;
    return (bits & 0x8000) == 0 ? magnitude : -magnitude;
  }

  final float scale(int section, int g, int row) {
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

  final float minimum(int section, int g, int row) {
    return switch (layout.scaling()) {
      case HALF, SUPER_SIGNED -> scale(section, g, row) * -layout.zero();
      case HALF_PAIR -> half(word(section + g, row) >>> 16);
      case SUPER_PAIR ->
          (word(section + 3 + g / 4, row) >>> g % 4 * 8 & 255) * -half(word(section, row) >>> 16);
      default -> throw new IllegalStateException("no code for " + layout);
    };
  }
}
