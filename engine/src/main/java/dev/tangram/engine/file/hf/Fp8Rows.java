package dev.tangram.engine.file.hf;

import dev.tangram.kernel.Format;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Rows of 8-bit floats (E4M3) with one scale for each block of 128 x 128; blocks at the edges are
 * smaller. A weight is its float <em>times</em> the scale, whatever the name "scale_inv" says. As
 * F32, because the product of a BF16 scale is exact there (4 and 8 bits of mantissa) and that of an
 * F32 scale rounded as the reference rounds it; BF16 would lose bits of either.
 *
 * @param data row-major, a byte each
 * @param scales one row for each 128 rows, row-major, F32 or BF16
 */
record Fp8Rows(
    long rows, long columns, MemorySegment data, MemorySegment scales, Format scaleFormat)
    implements Rows {
  static final int BLOCK = 128;

  private static final ValueLayout.OfFloat F32 =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final float[] VALUES = new float[256];

  static {
    for (int bits = 0; bits < 256; bits++) {
      int exponent = bits >> 3 & 15;
      int mantissa = bits & 7;
      float value =
          exponent == 0 ? mantissa * 0x1p-9f : (8 + mantissa) * Math.scalb(1f, exponent - 10);
      if ((bits & 0x7F) == 0x7F) {
        value = Float.NaN;
      }
      VALUES[bits] = bits < 128 ? value : -value;
    }
  }

  /** The value of an 8-bit float: no infinity, 0x7F and 0xFF are NaN. */
  static float value(int bits) {
    return VALUES[bits & 0xFF];
  }

  /** Blocks that cover this many rows or columns. */
  static long blocks(long length) {
    return (length + BLOCK - 1) / BLOCK;
  }

  @Override
  public Format format() {
    return Format.F32;
  }

  @Override
  public void copy(long row, MemorySegment to, long at) {
    long firstScale = row / BLOCK * blocks(columns);
    long from = row * columns;
    for (long start = 0; start < columns; start += BLOCK) {
      float scale = Floats.at(scales, scaleFormat, firstScale + start / BLOCK);
      long end = Math.min(columns, start + BLOCK);
      for (long i = start; i < end; i++) {
        byte bits = data.get(ValueLayout.JAVA_BYTE, from + i);
        to.set(F32, at + 4 * i, VALUES[bits & 0xFF] * scale);
      }
    }
  }
}
