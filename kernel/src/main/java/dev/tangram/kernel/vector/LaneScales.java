package dev.tangram.kernel.vector;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The words of one row of a panel, and its {@link Scales} without registers: the same numbers, for
 * whoever wants one row alone.
 */
public final class LaneScales {
  /** From a word of a row to its next. */
  static final int WORD_BYTES = Panels.ROWS * Integer.BYTES;

  private static final ValueLayout.OfInt WORD =
      ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Layout layout;
  private final MemorySegment panel;

  /**
   * @param panel words of 32 rows
   */
  public LaneScales(Layout layout, MemorySegment panel) {
    this.layout = layout;
    this.panel = panel;
  }

  /**
   * The word of row {@code row} in the panel.
   *
   * @param at in words of 32 rows
   */
  public int word(int at, int row) {
    return panel.get(WORD, (at * Panels.ROWS + row) * 4L);
  }

  /**
   * The float of a half; an exponent of 31 is one more power of two, not infinity, as in the code
   * that takes 32 rows at a time.
   */
  public static float half(int bits) {
    float magnitude = Float.intBitsToFloat((bits & 0x7FFF) << 13) * 0x1p112f;
    return (bits & 0x8000) == 0 ? magnitude : -magnitude;
  }

  /**
   * By what quants of a group are multiplied.
   *
   * @param section where the section's scales begin, in words of 32 rows
   * @param g group of the section
   */
  public float scale(int section, int g, int row) {
    return switch (layout.scaling()) {
      case NONE -> 1;
      case HALF -> half(word(section + g / 2, row) >>> g % 2 * 16);
      case HALF_PAIR -> half(word(section + g, row));
      case POWER -> power(word(section + g / 4, row) >>> g % 4 * 8 & 255);
      case SUPER_PAIR ->
          (word(section + 1 + g / 4, row) >>> g % 4 * 8 & 255) * half(word(section, row));
      case SUPER_NIBBLES ->
          (word(section + 1 + g / 4, row) >>> g % 4 * 8 & 15) * half(word(section, row));
      case SUPER_SIGNED ->
          (byte) (word(section + 1 + g / 4, row) >>> g % 4 * 8) * half(word(section, row));
    };
  }

  /** What is added to the product; arguments as for {@link #scale}. */
  public float minimum(int section, int g, int row) {
    return switch (layout.scaling()) {
      case NONE -> 0;
      case HALF, POWER, SUPER_SIGNED -> scale(section, g, row) * -layout.zero();
      case HALF_PAIR -> half(word(section + g, row) >>> 16);
      case SUPER_PAIR ->
          (word(section + 3 + g / 4, row) >>> g % 4 * 8 & 255) * -half(word(section, row) >>> 16);
      case SUPER_NIBBLES ->
          (word(section + 1 + g / 4, row) >>> g % 4 * 8 + 4 & 15)
              * -half(word(section, row) >>> 16);
    };
  }

  /** 2^(e - 128); those below the normal floats are 2^-127 and 2^-128. */
  private static float power(int e) {
    return Float.intBitsToFloat(e < 2 ? e + 1 << 21 : e - 1 << 23);
  }
}
