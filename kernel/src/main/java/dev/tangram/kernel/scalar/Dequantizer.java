package dev.tangram.kernel.scalar;

import dev.tangram.kernel.Format;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * One block of a file format to floats. The layouts are ggml's; offsets are bytes inside the block.
 *
 * <pre>
 *   Q8_0  d f16 | 32 x int8                         y = d q
 *   Q4_0  d f16 | 16 x nibbles                      y = d (q - 8); low nibbles first half, high nibbles second
 *   Q4_1  d f16 | m f16 | 16 x nibbles              y = d q + m
 *   Q5_0  d f16 | high bits u32 | 16 x nibbles      y = d (q - 16)
 *   Q5_1  d f16 | m f16 | high bits u32 | nibbles   y = d q + m
 *   Q4_K  d f16 | dmin f16 | 12 x scales | 128      8 groups of 32, 6-bit scale and minimum each
 *   Q5_K  as Q4_K with 32 bytes of high bits before the nibbles
 *   Q6_K  128 low | 64 high | 16 x int8 | d f16     16 groups of 16
 * </pre>
 */
public final class Dequantizer {
  private static final ValueLayout.OfShort U16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt U32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat F32 =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private Dequantizer() {}

  /**
   * Writes {@code format.blockLength()} values of the block at byte {@code at} to y[offset ...].
   */
  public static void block(Format format, MemorySegment source, long at, float[] y, int offset) {
    switch (format) {
      case F32 -> y[offset] = source.get(F32, at);
      case F16 -> y[offset] = half(source, at);
      case BF16 -> y[offset] = Float.intBitsToFloat(source.get(U16, at) << 16);
      case Q8_0 -> q8(source, at, y, offset);
      case Q4_0 -> nibbles(source, at + 2, 0, y, offset, half(source, at), -8 * half(source, at));
      case Q4_1 -> nibbles(source, at + 4, 0, y, offset, half(source, at), half(source, at + 2));
      case Q5_0 ->
          nibbles(
              source,
              at + 6,
              source.get(U32, at + 2),
              y,
              offset,
              half(source, at),
              -16 * half(source, at));
      case Q5_1 ->
          nibbles(
              source,
              at + 8,
              source.get(U32, at + 4),
              y,
              offset,
              half(source, at),
              half(source, at + 2));
      case Q4_K -> q45k(source, at, -1, at + 16, y, offset);
      case Q5_K -> q45k(source, at, at + 16, at + 48, y, offset);
      case Q6_K -> q6k(source, at, y, offset);
    }
  }

  static float half(MemorySegment source, long at) {
    return Float.float16ToFloat(source.get(U16, at));
  }

  private static int u8(MemorySegment source, long at) {
    return source.get(ValueLayout.JAVA_BYTE, at) & 0xFF;
  }

  private static void q8(MemorySegment source, long at, float[] y, int offset) {
    float d = half(source, at);
    for (int j = 0; j < 32; j++) {
      y[offset + j] = d * source.get(ValueLayout.JAVA_BYTE, at + 2 + j);
    }
  }

  private static void nibbles(
      MemorySegment source, long quants, int highBits, float[] y, int offset, float d, float m) {
    for (int j = 0; j < 16; j++) {
      int b = u8(source, quants + j);
      int low = (b & 15) | (highBits >>> j & 1) << 4;
      int high = (b >>> 4) | (highBits >>> (j + 16) & 1) << 4;
      y[offset + j] = d * low + m;
      y[offset + j + 16] = d * high + m;
    }
  }

  private static void q45k(
      MemorySegment source, long at, long highBits, long quants, float[] y, int offset) {
    float d = half(source, at);
    float dmin = half(source, at + 2);
    for (int j = 0; j < 8; j++) {
      float scale = d * scale6(source, at + 4, j);
      float minimum = dmin * minimum6(source, at + 4, j);
      for (int l = 0; l < 32; l++) {
        int b = u8(source, quants + 32 * (j / 2) + l);
        int q = (j & 1) == 0 ? b & 15 : b >>> 4;
        if (highBits >= 0) {
          q |= (u8(source, highBits + l) >>> j & 1) << 4;
        }
        y[offset + 32 * j + l] = scale * q - minimum;
      }
    }
  }

  /** The 6-bit scale of group j out of 12 packed bytes. */
  public static int scale6(MemorySegment source, long scales, int j) {
    return j < 4
        ? u8(source, scales + j) & 63
        : (u8(source, scales + j + 4) & 15) | (u8(source, scales + j - 4) >>> 6) << 4;
  }

  /** The 6-bit minimum of group j out of 12 packed bytes. */
  public static int minimum6(MemorySegment source, long scales, int j) {
    return j < 4
        ? u8(source, scales + j + 4) & 63
        : (u8(source, scales + j + 4) >>> 4) | (u8(source, scales + j) >>> 6) << 4;
  }

  private static void q6k(MemorySegment source, long at, float[] y, int offset) {
    float d = half(source, at + 208);
    for (int e = 0; e < 256; e++) {
      int h = e / 128;
      int p = e % 128 / 32;
      int l = e % 32;
      int b = u8(source, at + 64 * h + 32 * (p & 1) + l);
      int low = p < 2 ? b & 15 : b >>> 4;
      int high = u8(source, at + 128 + 32 * h + l) >>> 2 * p & 3;
      int q = (low | high << 4) - 32;
      y[offset + e] = d * source.get(ValueLayout.JAVA_BYTE, at + 192 + e / 16) * q;
    }
  }
}
