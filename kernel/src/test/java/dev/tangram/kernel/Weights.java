package dev.tangram.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Random;

/** Random matrices in file layout: any quants, but scales a file could hold. */
final class Weights {
  private static final ValueLayout.OfShort U16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat F32 =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private Weights() {}

  static MemorySegment random(Format format, int rows, int columns, Random random) {
    byte[] bytes = new byte[Math.toIntExact(rows * format.rowBytes(columns))];
    random.nextBytes(bytes);
    MemorySegment source = MemorySegment.ofArray(bytes);
    for (long at = 0; at < bytes.length; at += format.blockBytes()) {
      scales(format, source, at, random);
    }
    return source;
  }

  private static void scales(Format format, MemorySegment source, long at, Random random) {
    switch (format) {
      case F32 -> source.set(F32, at, number(random));
      case F16 -> source.set(U16, at, half(random));
      case BF16 -> source.set(U16, at, (short) (Float.floatToRawIntBits(number(random)) >>> 16));
      case Q8_0, Q4_0, Q5_0, IQ4_NL, IQ4_XS -> source.set(U16, at, half(random));
      case Q4_1, Q5_1, Q4_K, Q5_K -> {
        source.set(U16, at, half(random));
        source.set(U16, at + 2, half(random));
      }
      case Q2_K -> {
        source.set(U16, at + 80, half(random));
        source.set(U16, at + 82, half(random));
      }
      case Q3_K -> source.set(U16, at + 108, half(random));
      case Q6_K -> source.set(U16, at + 208, half(random));
      // From the smallest power there is to 16.
      case MXFP4 -> {
        byte power = (byte) (random.nextInt(16) == 0 ? random.nextInt(3) : 112 + random.nextInt(20));
        source.set(ValueLayout.JAVA_BYTE, at, power);
      }
    }
  }

  private static float number(Random random) {
    return switch (random.nextInt(16)) {
      case 0 -> 0f;
      case 1 -> -0f;
      case 2 -> (float) random.nextGaussian() * 1e-6f;
      default -> (float) random.nextGaussian();
    };
  }

  /**
   * Now and then a subnormal half, whose conversion has a branch of its own in hardware and in
   * tables.
   */
  private static short half(Random random) {
    return random.nextInt(16) == 0
        ? (short) (random.nextInt(1 << 10) | random.nextInt(2) << 15)
        : Float.floatToFloat16(number(random));
  }

  static float[] numbers(int count, Random random) {
    float[] x = new float[count];
    for (int i = 0; i < count; i++) {
      x[i] = (float) random.nextGaussian();
    }
    return x;
  }

  /** Row lengths that end inside registers, groups and sections. */
  static int[] columns(Format format) {
    return switch (format.blockLength()) {
      case 1 -> new int[] {1, 2, 7, 31, 33, 207, 257};
      case 32 -> new int[] {32, 64, 224, 288, 544};
      default -> new int[] {256, 512, 768};
    };
  }

  /** A seed, told so that a failure can be replayed with {@code -Dtangram.seed=}. */
  static long seed(Class<?> test) {
    long seed = Long.getLong("tangram.seed", System.nanoTime());
    System.out.printf("%s seed=%d (replay: -Dtangram.seed=%d)%n", test.getSimpleName(), seed, seed);
    return seed;
  }
}
