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
 *   Q2_K  16 x (scale | minimum << 4) | 64 x 2 bits | d f16 | dmin f16     16 groups of 16
 *   Q3_K  32 high bits | 64 x 2 bits | 12 x scales | d f16                 16 groups of 16, y = d sc (q - 4)
 *   Q4_K  d f16 | dmin f16 | 12 x scales | 128      8 groups of 32, 6-bit scale and minimum each
 *   Q5_K  as Q4_K with 32 bytes of high bits before the nibbles
 *   Q6_K  128 low | 64 high | 16 x int8 | d f16     16 groups of 16
 *   IQ4_NL  as Q4_0 with y = d STEPS[q]
 *   IQ4_XS  d f16 | 8 x 2 high bits | 8 x 4 low bits | 128                 8 groups of 32, y = d (sc - 32) STEPS[q]
 *   MXFP4   e u8 | 16 x nibbles                     y = 2^(e - 128) DOUBLED[q]
 * </pre>
 */
public final class Dequantizer {
  private static final ValueLayout.OfShort U16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt U32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat F32 =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final byte[] STEPS = {
    -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113
  };

  private static final byte[] DOUBLED = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

  private Dequantizer() {}

  /** What nibble {@code q} of IQ4_NL and IQ4_XS stands for: -127 to 113. */
  public static int step(int q) {
    return STEPS[q];
  }

  /** Twice the E2M1 value of nibble {@code q}: -12 to 12. */
  public static int doubled(int q) {
    return DOUBLED[q];
  }

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
      case Q2_K -> q2k(source, at, y, offset);
      case Q3_K -> q3k(source, at, y, offset);
      case Q4_K -> q45k(source, at, -1, at + 16, y, offset);
      case Q5_K -> q45k(source, at, at + 16, at + 48, y, offset);
      case Q6_K -> q6k(source, at, y, offset);
      case IQ4_NL -> chosen(source, at + 2, STEPS, half(source, at), y, offset);
      case IQ4_XS -> iq4xs(source, at, y, offset);
      case MXFP4 -> chosen(source, at + 1, DOUBLED, power(source, at), y, offset);
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

  private static void q2k(MemorySegment source, long at, float[] y, int offset) {
    float d = half(source, at + 80);
    float dmin = half(source, at + 82);
    for (int e = 0; e < 256; e++) {
      int scales = u8(source, at + e / 16);
      y[offset + e] =
          d * (scales & 15) * twoBits(source, at + 16, e) - dmin * (scales >>> 4);
    }
  }

  /** Quant e of 256: 128 at a time lie in 32 bytes, the first 32 in the lowest bits. */
  public static int twoBits(MemorySegment source, long quants, int e) {
    return u8(source, quants + 32 * (e / 128) + e % 32) >>> 2 * (e % 128 / 32) & 3;
  }

  private static void q3k(MemorySegment source, long at, float[] y, int offset) {
    float d = half(source, at + 108);
    for (int e = 0; e < 256; e++) {
      y[offset + e] =
          d * signedScale6(source, at + 96, e / 16) * (threeBits(source, at, e) - 4);
    }
  }

  /** Quant e of 256 of a Q3_K block, 0 to 7; its zero is 4. */
  public static int threeBits(MemorySegment source, long block, int e) {
    return twoBits(source, block + 32, e) | (u8(source, block + e % 32) >>> e / 32 & 1) << 2;
  }

  /** The scale of group j of Q3_K out of 12 packed bytes, -32 to 31. */
  public static int signedScale6(MemorySegment source, long scales, int j) {
    int low = u8(source, scales + j % 8) >>> 4 * (j / 8) & 15;
    int high = u8(source, scales + 8 + j % 4) >>> 2 * (j / 4) & 3;
    return (low | high << 4) - 32;
  }

  private static void iq4xs(MemorySegment source, long at, float[] y, int offset) {
    float d = half(source, at);
    for (int j = 0; j < 8; j++) {
      float scale = d * scaleXs(source, at, j);
      chosen(source, at + 8 + 16 * j, STEPS, scale, y, offset + 32 * j);
    }
  }

  /** The scale of group j of an IQ4_XS block, -32 to 31. */
  public static int scaleXs(MemorySegment source, long block, int j) {
    int low = u8(source, block + 4 + j / 2) >>> 4 * (j % 2) & 15;
    int high = (source.get(U16, block + 2) & 0xFFFF) >>> 2 * j & 3;
    return (low | high << 4) - 32;
  }

  private static void chosen(
      MemorySegment source, long quants, byte[] values, float d, float[] y, int offset) {
    for (int j = 0; j < 16; j++) {
      int b = u8(source, quants + j);
      y[offset + j] = d * values[b & 15];
      y[offset + j + 16] = d * values[b >>> 4];
    }
  }

  /** Half of an E8M0 scale, because {@link #DOUBLED} is twice the value. */
  private static float power(MemorySegment source, long at) {
    return Math.scalb(1f, u8(source, at) - 128);
  }
}
