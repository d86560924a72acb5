package dev.tangram.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tangram.kernel.scalar.ScalarKernels;
import java.util.Arrays;
import java.util.Random;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Operations on single elements and rows: against the scalar tier, at lengths around the
 * registers', far from zero too.
 */
@Tag("width")
class ElementwisePropertyTest {
  private static final long SEED = Weights.seed(ElementwisePropertyTest.class);
  private static final float EPSILON = 0x1p-24f;
  private static final int[] COUNTS = {
    1, 2, 3, 4, 5, 7, 8, 9, 13, 15, 16, 17, 31, 33, 207, 702, 4098, 40_961
  };

  /** Gates at the ends of what an exponential can do, and far past them. */
  private static final float[] EXTREMES = {
    0f,
    -0f,
    1e-38f,
    -1e-38f,
    Float.MIN_VALUE,
    -Float.MIN_VALUE,
    1e-7f,
    -1e-7f,
    0.5f,
    -0.5f,
    1,
    -1,
    3,
    -3,
    10,
    -10,
    16,
    -16,
    20,
    -20,
    50,
    -50,
    80,
    -80,
    86.9f,
    -86.9f,
    87.3f,
    -87.3f,
    88,
    -88,
    88.6f,
    -88.6f,
    88.8f,
    -88.8f,
    100,
    -100,
    1e4f,
    -1e4f,
    1e10f,
    -1e10f,
    1e18f,
    -1e18f,
    1e30f,
    -1e30f,
    Float.MAX_VALUE,
    -Float.MAX_VALUE
  };

  private final Workers workers = new Workers(2);
  private final Kernels vector = Tiers.of("vector", workers);
  private final Kernels scalar = new ScalarKernels(workers);

  @AfterEach
  void closeWorkers() {
    workers.close();
  }

  private static void close(
      String what, float[] y, float[] expected, double relative, double absolute) {
    for (int i = 0; i < y.length; i++) {
      if (Float.isFinite(expected[i])) {
        assertThat(Math.abs((double) y[i] - expected[i]))
            .as("%s: y[%d] %s for %s", what, i, y[i], expected[i])
            .isLessThanOrEqualTo(relative * Math.abs(expected[i]) + absolute);
      } else {
        assertThat(y[i]).as("%s: y[%d]", what, i).isEqualTo(Float.valueOf(expected[i]));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 4, 7, 15, 16, 17, 64, 207, 576, 896})
  void rmsNorm(int length) {
    Random random = new Random(SEED + length);
    for (int rows : new int[] {1, 2, 3, 50}) {
      for (float size : new float[] {1, 0, 1e-12f, 1e15f}) {
        float[] x = Weights.numbers(rows * length + 5, random);
        for (int i = 0; i < x.length; i++) {
          x[i] *= size;
        }
        float[] weight = Weights.numbers(length, random);
        float[] expected = x.clone();
        float[] y = x.clone();
        scalar.rmsNorm(x, rows, length, weight, 1e-6f, expected);
        vector.rmsNorm(x, rows, length, weight, 1e-6f, y);
        close(
            "%d rows of %d".formatted(rows, length),
            y,
            expected,
            (8 + length / 16.0) * EPSILON,
            Float.MIN_NORMAL);
        float[] inPlace = x.clone();
        vector.rmsNorm(inPlace, rows, length, weight, 1e-6f, inPlace);
        assertThat(inPlace).as("y may be x").isEqualTo(y);
        float[] alone = Arrays.copyOf(x, length);
        vector.rmsNorm(alone, 1, length, weight, 1e-6f, alone);
        assertThat(alone).as("a row alone").isEqualTo(Arrays.copyOf(y, length));
      }
    }
  }

  @Test
  void sumsAndScales() {
    Random random = new Random(SEED);
    for (int count : COUNTS) {
      float[] x = Weights.numbers(count + 3, random);
      float[] y = Weights.numbers(count + 3, random);
      same(y, (k, out) -> k.add(out, x, count));
      same(y, (k, out) -> k.scale(out, count, 0.37f));
      float[] bias = Weights.numbers(count, random);
      for (int rows : new int[] {0, 1, 3}) {
        same(Weights.numbers(rows * count + 2, random), (k, out) -> k.addBias(out, rows, bias));
      }
    }
  }

  /** One rounding each: there is nothing to differ in. */
  private void same(float[] y, BiConsumer<Kernels, float[]> operation) {
    float[] expected = y.clone();
    float[] found = y.clone();
    operation.accept(scalar, expected);
    operation.accept(vector, found);
    assertThat(found).isEqualTo(expected);
  }

  @Test
  void gates() {
    Random random = new Random(SEED);
    for (int count : COUNTS) {
      float[] gate = Weights.numbers(count + 3, random);
      float[] up = Weights.numbers(count + 3, random);
      for (int i = 0; i < count; i++) {
        gate[i] *= 8;
      }
      gated(gate, up, count);
    }
  }

  @Test
  void gatesFarFromZero() {
    Random random = new Random(SEED);
    for (int i = 0; i < 64; i++) {
      // In the middle of a register, in its last lane, in a tail.
      float[] gate = new float[EXTREMES.length + i];
      for (int j = 0; j < gate.length; j++) {
        gate[j] = EXTREMES[(j + i) % EXTREMES.length];
      }
      float[] up = new float[gate.length];
      Arrays.fill(up, random.nextBoolean() ? 1 : -0.5f);
      gated(gate, up, gate.length);
    }
  }

  private void gated(float[] gate, float[] up, int count) {
    float[] expected = gate.clone();
    float[] y = gate.clone();
    scalar.siluMultiply(expected, up, count);
    vector.siluMultiply(y, up, count);
    close("silu", y, expected, 8 * EPSILON, 1e-35);
    oneByOne(gate, up, count, y, vector::siluMultiply);
    expected = up.clone();
    y = up.clone();
    scalar.sigmoidMultiply(expected, gate, count);
    vector.sigmoidMultiply(y, gate, count);
    close("sigmoid", y, expected, 8 * EPSILON, 1e-35);
    Gate sigmoid =
        (g, u, n) -> {
          vector.sigmoidMultiply(u, g, n);
          System.arraycopy(u, 0, g, 0, n);
        };
    oneByOne(gate, up, count, y, sigmoid);
    expected = gate.clone();
    y = gate.clone();
    scalar.geluMultiply(expected, up, count);
    vector.geluMultiply(y, up, count);
    // Far below zero 1 + tanh cancels; what is left is small beside the gates of a row.
    close("gelu", y, expected, 16 * EPSILON, 1e-6);
    oneByOne(gate, up, count, y, vector::geluMultiply);
  }

  private interface Gate {
    void apply(float[] gate, float[] up, int count);
  }

  /**
   * An element's result does not depend on how many follow it: a batch must not change its members.
   */
  private void oneByOne(float[] gate, float[] up, int count, float[] y, Gate operation) {
    for (int i = 0; i < Math.min(count, 100); i++) {
      float[] one = {gate[i]};
      operation.apply(one, new float[] {up[i]}, 1);
      assertThat(one[0]).as("element %d alone, gate %s", i, gate[i]).isEqualTo(Float.valueOf(y[i]));
    }
  }

  @Test
  void nothingHidesANaN() {
    float[] gate = new float[40];
    float[] up = new float[40];
    Arrays.fill(gate, Float.NaN);
    Arrays.fill(up, 1);
    vector.siluMultiply(gate, up, 37);
    assertThat(Arrays.copyOf(gate, 37)).containsOnly(Float.NaN);
    Arrays.fill(gate, Float.NaN);
    vector.geluMultiply(gate, up, 37);
    assertThat(Arrays.copyOf(gate, 37)).containsOnly(Float.NaN);
    Arrays.fill(gate, Float.NaN);
    vector.sigmoidMultiply(up, gate, 37);
    assertThat(Arrays.copyOf(up, 37)).containsOnly(Float.NaN);
  }

  @ParameterizedTest
  @EnumSource
  void rotate(Pairing pairing) {
    Random random = new Random(SEED);
    for (int size : new int[] {2, 6, 8, 16, 34, 64, 128, 256}) {
      for (int rotated : new int[] {2, size / 2 / 2 * 2, size}) {
        for (int tokens : new int[] {1, 3, 70}) {
          int heads = 3;
          float[] x = Weights.numbers(tokens * heads * size, random);
          float[] cos = Weights.numbers(tokens * rotated / 2, random);
          float[] sin = Weights.numbers(tokens * rotated / 2, random);
          same(x, (k, out) -> k.rotate(out, tokens, heads, size, rotated, cos, sin, pairing));
        }
      }
    }
  }

  /** A quarter turn by hand, so that both tiers cannot be wrong together. */
  @Test
  void rotatesByHand() {
    for (String tier : Tiers.names()) {
      Kernels kernels = Tiers.of(tier, workers);
      float[] x = {1, 2, 3, 4, 5, 6};
      kernels.rotate(x, 1, 1, 6, 4, new float[] {0, 1}, new float[] {1, 0}, Pairing.HALVES);
      assertThat(x).containsExactly(-3, 2, 1, 4, 5, 6);
      x = new float[] {1, 2, 3, 4, 5, 6};
      kernels.rotate(x, 1, 1, 6, 4, new float[] {0, 1}, new float[] {1, 0}, Pairing.ADJACENT);
      assertThat(x).containsExactly(-2, 1, 3, 4, 5, 6);
    }
  }
}
