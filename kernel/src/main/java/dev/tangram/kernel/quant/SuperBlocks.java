package dev.tangram.kernel.quant;

import dev.tangram.kernel.Format;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Writes the formats of 256 values: each group's best scale is searched, the scales are rounded to
 * a few bits under one half, and the values are then rounded again with the scales as stored.
 * Layouts: {@link dev.tangram.kernel.scalar.Dequantizer}.
 *
 * <p>Threads: one.
 */
final class SuperBlocks {
  private static final ValueLayout.OfShort U16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int LENGTH = 256;

  /** Most that a scale or a minimum of six bits can be. */
  private static final int SIX_BITS = 63;

  private final Fit fit = new Fit();
  private final int[] quants = new int[LENGTH];
  private final float[] scales = new float[16];
  private final float[] minima = new float[8];
  private final float[] weights = new float[32];
  private final byte[] packed = new byte[12];

  void write(Format format, float[] x, int from, MemorySegment target, long at) {
    switch (format) {
      case Q4_K -> affine(x, from, 4, target, at);
      case Q5_K -> affine(x, from, 5, target, at);
      case Q6_K -> symmetric(x, from, target, at);
      default -> throw new IllegalArgumentException(format + " has no blocks of 256");
    }
  }

  private void affine(float[] x, int from, int bits, MemorySegment target, long at) {
    int top = (1 << bits) - 1;
    float mostScale = 0;
    float mostMinimum = 0;
    for (int g = 0; g < 8; g++) {
      weigh(x, from + 32 * g);
      scales[g] =
          bits == 4
              ? fit.affine(x, from + 32 * g, 32, weights, top, -1, 20)
              : fit.affine(x, from + 32 * g, 32, weights, top, -0.5f, 15);
      minima[g] = fit.minimum;
      System.arraycopy(fit.quants, 0, quants, 32 * g, 32);
      mostScale = Math.max(mostScale, scales[g]);
      mostMinimum = Math.max(mostMinimum, minima[g]);
    }
    short d = Float.floatToFloat16(mostScale / SIX_BITS);
    short dmin = Float.floatToFloat16(mostMinimum / SIX_BITS);
    target.set(U16, at, d);
    target.set(U16, at + 2, dmin);
    Arrays.fill(packed, (byte) 0);
    float scaleInverse = mostScale > 0 ? SIX_BITS / mostScale : 0;
    float minimumInverse = mostMinimum > 0 ? SIX_BITS / mostMinimum : 0;
    for (int g = 0; g < 8; g++) {
      int scale = Fit.clamp(Fit.nearest(scaleInverse * scales[g]), 0, SIX_BITS);
      int minimum = Fit.clamp(Fit.nearest(minimumInverse * minima[g]), 0, SIX_BITS);
      pack(g, scale, minimum);
      float step = Float.float16ToFloat(d) * scale;
      if (step != 0) {
        float below = Float.float16ToFloat(dmin) * minimum;
        for (int i = 32 * g; i < 32 * g + 32; i++) {
          quants[i] = Fit.clamp(Fit.nearest((x[from + i] + below) / step), 0, top);
        }
      }
    }
    MemorySegment.copy(packed, 0, target, ValueLayout.JAVA_BYTE, at + 4, packed.length);
    if (bits == 5) {
      fifths(target, at + 16);
    }
    nibbles(target, bits == 5 ? at + 48 : at + 16);
  }

  /** Large values count more: their magnitude plus the group's root mean square. */
  private void weigh(float[] x, int from) {
    float squares = 0;
    for (int i = 0; i < 32; i++) {
      squares += x[from + i] * x[from + i];
    }
    float mean = (float) Math.sqrt(squares / 32);
    for (int i = 0; i < 32; i++) {
      weights[i] = mean + Math.abs(x[from + i]);
    }
  }

  /** Groups 4 to 7 keep two bits each in the high bits of groups 0 to 3. */
  private void pack(int g, int scale, int minimum) {
    if (g < 4) {
      packed[g] |= (byte) scale;
      packed[g + 4] |= (byte) minimum;
    } else {
      packed[g + 4] = (byte) (scale & 15 | (minimum & 15) << 4);
      packed[g - 4] |= (byte) (scale >>> 4 << 6);
      packed[g] |= (byte) (minimum >>> 4 << 6);
    }
  }

  private void fifths(MemorySegment target, long at) {
    for (int l = 0; l < 32; l++) {
      int bits = 0;
      for (int g = 0; g < 8; g++) {
        bits |= quants[32 * g + l] >>> 4 << g;
      }
      target.set(ValueLayout.JAVA_BYTE, at + l, (byte) bits);
    }
  }

  private void nibbles(MemorySegment target, long at) {
    for (int i = 0; i < LENGTH / 2; i++) {
      int q = i / 32 * 64 + i % 32;
      target.set(ValueLayout.JAVA_BYTE, at + i, (byte) (quants[q] & 15 | quants[q + 32] << 4));
    }
  }

  private void symmetric(float[] x, int from, MemorySegment target, long at) {
    float extreme = 0;
    for (int g = 0; g < 16; g++) {
      scales[g] = fit.symmetric(x, from + 16 * g, 16, 32);
      System.arraycopy(fit.quants, 0, quants, 16 * g, 16);
      if (Math.abs(scales[g]) > Math.abs(extreme)) {
        extreme = scales[g];
      }
    }
    if (Math.abs(extreme) < Fit.NOTHING) {
      target.asSlice(at, Format.Q6_K.blockBytes()).fill((byte) 0);
      return;
    }
    float inverse = -128 / extreme;
    short d = Float.floatToFloat16(1 / inverse);
    for (int g = 0; g < 16; g++) {
      int scale = Math.min(127, Fit.nearest(inverse * scales[g]));
      target.set(ValueLayout.JAVA_BYTE, at + 192 + g, (byte) scale);
      float step = Float.float16ToFloat(d) * scale;
      if (step != 0) {
        for (int i = 16 * g; i < 16 * g + 16; i++) {
          quants[i] = Fit.clamp(Fit.nearest(x[from + i] / step), -32, 31) + 32;
        }
      }
    }
    target.set(U16, at + 208, d);
    sixes(target, at);
  }

  /** Four low bits in one place, two high ones in another; 128 values at a time. */
  private void sixes(MemorySegment target, long at) {
    for (int h = 0; h < 2; h++) {
      for (int l = 0; l < 32; l++) {
        int q = 128 * h + l;
        int a = quants[q];
        int b = quants[q + 32];
        int c = quants[q + 64];
        int e = quants[q + 96];
        target.set(ValueLayout.JAVA_BYTE, at + 64 * h + l, (byte) (a & 15 | c << 4));
        target.set(ValueLayout.JAVA_BYTE, at + 64 * h + 32 + l, (byte) (b & 15 | e << 4));
        int high = a >>> 4 | b >>> 4 << 2 | c >>> 4 << 4 | e >>> 4 << 6;
        target.set(ValueLayout.JAVA_BYTE, at + 128 + 32 * h + l, (byte) high);
      }
    }
  }
}
