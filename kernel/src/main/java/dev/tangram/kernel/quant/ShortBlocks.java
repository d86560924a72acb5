package dev.tangram.kernel.quant;

import dev.tangram.kernel.Format;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Writes the formats of 32 values with one scale: its largest value sets the scale, nothing is
 * searched. Layouts: {@link dev.tangram.kernel.scalar.Dequantizer}.
 */
final class ShortBlocks {
  private static final ValueLayout.OfShort U16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt U32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int LENGTH = 32;

  private ShortBlocks() {}

  static void write(Format format, float[] x, int from, MemorySegment target, long at) {
    switch (format) {
      case Q8_0 -> bytes(x, from, target, at);
      case Q4_0 -> signed(x, from, 4, target, at);
      case Q5_0 -> signed(x, from, 5, target, at);
      case Q4_1 -> unsigned(x, from, 4, target, at);
      case Q5_1 -> unsigned(x, from, 5, target, at);
      default -> throw new IllegalArgumentException(format + " has no blocks of 32");
    }
  }

  private static void bytes(float[] x, int from, MemorySegment target, long at) {
    float most = 0;
    for (int i = 0; i < LENGTH; i++) {
      most = Math.max(most, Math.abs(x[from + i]));
    }
    float d = most / 127;
    float inverse = inverse(d);
    target.set(U16, at, Float.floatToFloat16(d));
    for (int i = 0; i < LENGTH; i++) {
      target.set(ValueLayout.JAVA_BYTE, at + 2 + i, (byte) awayFromZero(x[from + i] * inverse));
    }
  }

  /** The value of largest magnitude becomes the lowest quant, which has one step more to go. */
  private static void signed(float[] x, int from, int bits, MemorySegment target, long at) {
    float extreme = 0;
    for (int i = 0; i < LENGTH; i++) {
      if (Math.abs(x[from + i]) > Math.abs(extreme)) {
        extreme = x[from + i];
      }
    }
    int zero = 1 << bits - 1;
    float d = extreme / -zero;
    float inverse = inverse(d);
    target.set(U16, at, Float.floatToFloat16(d));
    quants(x, from, 0, inverse, zero + 0.5f, bits, target, at + 2);
  }

  private static void unsigned(float[] x, int from, int bits, MemorySegment target, long at) {
    float least = x[from];
    float most = x[from];
    for (int i = 1; i < LENGTH; i++) {
      least = Math.min(least, x[from + i]);
      most = Math.max(most, x[from + i]);
    }
    float d = (most - least) / ((1 << bits) - 1);
    float inverse = inverse(d);
    target.set(U16, at, Float.floatToFloat16(d));
    target.set(U16, at + 2, Float.floatToFloat16(least));
    quants(x, from, least, inverse, 0.5f, bits, target, at + 4);
  }

  /** Fifth bits, where there are any, then nibbles: the first half low, the second high. */
  private static void quants(
      float[] x,
      int from,
      float least,
      float inverse,
      float plus,
      int bits,
      MemorySegment target,
      long at) {
    int top = (1 << bits) - 1;
    int fifths = 0;
    long nibbles = bits == 5 ? at + 4 : at;
    for (int i = 0; i < LENGTH / 2; i++) {
      int low = Math.min(top, (int) ((x[from + i] - least) * inverse + plus));
      int high = Math.min(top, (int) ((x[from + i + LENGTH / 2] - least) * inverse + plus));
      fifths |= low >>> 4 << i | high >>> 4 << i + LENGTH / 2;
      target.set(ValueLayout.JAVA_BYTE, nibbles + i, (byte) (low & 15 | high << 4));
    }
    if (bits == 5) {
      target.set(U32, at, fifths);
    }
  }

  /** 0 of 0; of a number so small that its inverse overflows also 0, as its half is 0 anyway. */
  private static float inverse(float d) {
    float inverse = 1 / d;
    return Float.isFinite(inverse) ? inverse : 0;
  }

  private static int awayFromZero(float value) {
    float magnitude = Math.abs(value);
    int floor = (int) magnitude;
    int rounded = magnitude - floor >= 0.5f ? floor + 1 : floor;
    return value < 0 ? -rounded : rounded;
  }
}
