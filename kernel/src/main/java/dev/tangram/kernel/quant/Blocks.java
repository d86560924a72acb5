package dev.tangram.kernel.quant;

import dev.tangram.kernel.Format;
import dev.tangram.kernel.scalar.Dequantizer;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * Between floats and the blocks of a format, a row at a time.
 *
 * <p>Threads: no state; rows may be shared out.
 */
public final class Blocks {
  private static final ValueLayout.OfShort U16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat F32 =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** The largest finite half. */
  private static final float HALF_MAX = 65_504;

  private Blocks() {}

  /** Whether {@link #write} knows the format; {@link #read} knows all. */
  public static boolean writes(Format format) {
    return switch (format) {
      case F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q4_K, Q5_K, Q6_K -> true;
      case Q2_K, Q3_K, IQ4_NL, IQ4_XS, MXFP4 -> false;
    };
  }

  /**
   * The largest magnitude that the format can hold whatever stands beside it in a block; above it a
   * scale may become infinite.
   */
  public static float largest(Format format) {
    return switch (format) {
      case F32 -> Float.MAX_VALUE;
      // What rounds to a finite bfloat16.
      case BF16 -> Float.intBitsToFloat(0x7F7F7FFF);
      case F16, Q4_1, Q5_1 -> HALF_MAX;
      case Q4_0 -> 8 * HALF_MAX;
      case Q5_0 -> 16 * HALF_MAX;
      case Q8_0 -> 127 * HALF_MAX;
      case Q4_K, Q5_K, Q6_K -> 32 * HALF_MAX;
      case Q2_K, Q3_K, IQ4_NL, IQ4_XS, MXFP4 -> throw unwritable(format);
    };
  }

  /**
   * Reads {@code count} values from the blocks at byte {@code at}.
   *
   * @param count a multiple of the format's block length
   */
  public static void read(
      Format format, MemorySegment source, long at, int count, float[] y, int offset) {
    int length = wholeBlocks(format, count);
    if (format == Format.F32) {
      MemorySegment.copy(source, F32, at, y, offset, count);
      return;
    }
    for (int i = 0; i < count; i += length, at += format.blockBytes()) {
      Dequantizer.block(format, source, at, y, offset + i);
    }
  }

  /**
   * Writes x[offset, offset + count) as blocks at byte {@code at}.
   *
   * <p>Numerics: single precision in the order of ggml's reference, so the bytes are the same.
   *
   * @param x finite, of magnitude at most {@link #largest}
   * @param count a multiple of the format's block length
   * @throws IllegalArgumentException if {@link #writes} is false of the format
   */
  public static void write(
      Format format, float[] x, int offset, int count, MemorySegment target, long at) {
    int length = wholeBlocks(format, count);
    Objects.checkFromIndexSize(offset, count, x.length);
    switch (format) {
      case F32 -> MemorySegment.copy(x, offset, target, F32, at, count);
      case F16 -> {
        for (int i = 0; i < count; i++) {
          target.set(U16, at + 2L * i, Float.floatToFloat16(x[offset + i]));
        }
      }
      case BF16 -> {
        for (int i = 0; i < count; i++) {
          target.set(U16, at + 2L * i, bfloat16(x[offset + i]));
        }
      }
      case Q8_0, Q4_0, Q4_1, Q5_0, Q5_1 -> {
        for (int i = 0; i < count; i += length, at += format.blockBytes()) {
          ShortBlocks.write(format, x, offset + i, target, at);
        }
      }
      case Q4_K, Q5_K, Q6_K -> {
        SuperBlocks blocks = new SuperBlocks();
        for (int i = 0; i < count; i += length, at += format.blockBytes()) {
          blocks.write(format, x, offset + i, target, at);
        }
      }
      case Q2_K, Q3_K, IQ4_NL, IQ4_XS, MXFP4 -> throw unwritable(format);
    }
  }

  private static IllegalArgumentException unwritable(Format format) {
    return new IllegalArgumentException("there is no quantizer for " + format);
  }

  /** To the nearest, ties to even. */
  private static short bfloat16(float x) {
    int bits = Float.floatToRawIntBits(x);
    return (short) (bits + 0x7FFF + (bits >>> 16 & 1) >>> 16);
  }

  private static int wholeBlocks(Format format, int count) {
    if (count % format.blockLength() != 0) {
      throw new IllegalArgumentException(
          "%d values are no whole blocks of %s".formatted(count, format));
    }
    return format.blockLength();
  }
}
