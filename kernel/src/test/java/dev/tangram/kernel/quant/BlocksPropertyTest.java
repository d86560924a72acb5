package dev.tangram.kernel.quant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tangram.kernel.Format;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What comes back of what was written, for ordinary and for extreme values. */
class BlocksPropertyTest {
  private static final long SEED = Long.getLong("tangram.seed", System.nanoTime());
  private static final int COUNT = 16 * 256;

  static {
    System.out.printf("BlocksPropertyTest seed=%d (replay: -Dtangram.seed=%d)%n", SEED, SEED);
  }

  private static float[] roundTrip(Format format, float[] x) {
    byte[] bytes = new byte[x.length / format.blockLength() * format.blockBytes()];
    MemorySegment blocks = MemorySegment.ofArray(bytes);
    Blocks.write(format, x, 0, x.length, blocks, 0);
    float[] y = new float[x.length];
    Blocks.read(format, blocks, 0, x.length, y, 0);
    return y;
  }

  /** Root mean square error of normal numbers of deviation 1, measured on ggml's own blocks. */
  private static double error(Format format) {
    return switch (format) {
      case F32 -> 0;
      case F16 -> 2.5e-4;
      case BF16 -> 2e-3;
      case Q8_0 -> 0.006;
      case Q5_0 -> 0.046;
      case Q5_1 -> 0.040;
      case Q4_0 -> 0.090;
      case Q4_1 -> 0.084;
      case Q4_K -> 0.076;
      case Q5_K -> 0.0375;
      case Q6_K -> 0.0185;
      case Q2_K, Q3_K, IQ4_NL, IQ4_XS, MXFP4 -> throw new IllegalArgumentException(format.name());
    };
  }

  @ParameterizedTest
  @EnumSource
  void theErrorOfNormalNumbersIsBounded(Format format) {
    if (!Blocks.writes(format)) {
      assertThatThrownBy(() -> roundTrip(format, new float[256]))
          .hasMessageContaining("no quantizer for " + format);
      return;
    }
    Random random = new Random(SEED);
    for (float deviation : new float[] {1, 0.01f, 300}) {
      float[] x = new float[16 * COUNT];
      for (int i = 0; i < x.length; i++) {
        x[i] = (float) random.nextGaussian() * deviation;
      }
      float[] y = roundTrip(format, x);
      double squares = 0;
      for (int i = 0; i < x.length; i++) {
        squares += Math.pow((x[i] - y[i]) / deviation, 2);
      }
      assertThat(Math.sqrt(squares / x.length))
          .as("%s, deviation %s", format, deviation)
          .isLessThanOrEqualTo(error(format));
    }
  }

  /** Blocks full of extremes come back finite, and no value further off than the block is wide. */
  @ParameterizedTest
  @EnumSource
  void extremesStayFiniteAndInRange(Format format) {
    if (!Blocks.writes(format)) {
      return;
    }
    Random random = new Random(SEED);
    float largest = Blocks.largest(format);
    float[] values = {
      0f, -0f, largest, -largest, Float.MIN_VALUE, -Float.MIN_VALUE, Float.MIN_NORMAL, 1e-30f, 6e-8f,
      -6e-8f, 1, -1, 65504, -65504, 1e-3f
    };
    for (int round = 0; round < 2000; round++) {
      float[] x = new float[256];
      int kinds = 1 + random.nextInt(3);
      float[] chosen = new float[kinds];
      for (int k = 0; k < kinds; k++) {
        chosen[k] = values[random.nextInt(values.length)];
        if (Math.abs(chosen[k]) > largest) {
          chosen[k] = largest;
        }
      }
      for (int i = 0; i < x.length; i++) {
        x[i] = chosen[random.nextInt(kinds)];
      }
      float[] y = roundTrip(format, x);
      float most = 0;
      for (float v : x) {
        most = Math.max(most, Math.abs(v));
      }
      for (int i = 0; i < x.length; i++) {
        assertThat(Float.isFinite(y[i]))
            .as("%s of %s among %s", y[i], x[i], Arrays.toString(chosen))
            .isTrue();
        // A half of the smallest scale may be lost altogether: 2^-24 times what multiplies it.
        assertThat(Math.abs(y[i] - x[i]))
            .as("%s of %s among %s", y[i], x[i], Arrays.toString(chosen))
            .isLessThanOrEqualTo(0.3f * most + 256 * 0x1p-24f);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void constantBlocksKeepTheirValue(Format format) {
    if (!Blocks.writes(format)) {
      return;
    }
    for (float value : new float[] {0, 1, -1, 0.3f, -0.3f, 1000}) {
      float[] x = new float[256];
      Arrays.fill(x, value);
      for (float y : roundTrip(format, x)) {
        assertThat(Math.abs(y - value)).as("%s of %s", format, value).isLessThanOrEqualTo(
            0.005f * Math.abs(value));
      }
    }
  }

  /** Rounding a second time changes nothing, where quants are whole steps of a stored half. */
  @ParameterizedTest
  @EnumSource(names = {"F32", "F16", "BF16"})
  void whatFitsIsKept(Format format) {
    Random random = new Random(SEED);
    float[] x = new float[COUNT];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian();
    }
    float[] once = roundTrip(format, x);
    assertThat(roundTrip(format, once)).isEqualTo(once);
  }

  @Test
  void bfloat16RoundsToNearestEven() {
    float[] x = {1.00390625f, 1.01171875f, 1.005f, -1.00390625f};
    assertThat(roundTrip(Format.BF16, x)).containsExactly(1f, 1.015625f, 1.0078125f, -1f);
    float largest = Blocks.largest(Format.BF16);
    assertThat(roundTrip(Format.BF16, new float[] {largest})[0]).isFinite();
    assertThat(roundTrip(Format.BF16, new float[] {Math.nextUp(largest)})[0]).isInfinite();
  }
}
