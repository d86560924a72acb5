package dev.tangram.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tangram.kernel.scalar.ScalarKernels;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What encoders need beside the decoders' operations: against the scalar tier. */
@Tag("width")
class EncoderPropertyTest {
  private static final long SEED = Weights.seed(EncoderPropertyTest.class);
  private static final int[] LENGTHS = {1, 2, 3, 7, 8, 15, 16, 17, 33, 64, 207, 384, 702};

  private final Workers workers = new Workers(2);
  private final Kernels vector = Tiers.of("vector", workers);
  private final Kernels scalar = new ScalarKernels(workers);
  private final Random random = new Random(SEED);

  @AfterEach
  void closeWorkers() {
    workers.close();
  }

  private float[] floats(int count, float spread) {
    float[] x = new float[count];
    for (int i = 0; i < count; i++) {
      x[i] = (float) (random.nextGaussian() * spread);
    }
    return x;
  }

  @Test
  void layerNormIsTheFormula() {
    for (int length : LENGTHS) {
      for (float offset : new float[] {0, 3, -40}) {
        int rows = 1 + random.nextInt(5);
        float[] x = floats(rows * length, 2);
        for (int i = 0; i < x.length; i++) {
          x[i] += offset;
        }
        float[] weight = floats(length, 1);
        float[] bias = floats(length, 1);
        float[] expected = new float[x.length];
        float[] y = new float[x.length];
        scalar.layerNorm(x, rows, length, weight, bias, 1e-12f, expected);
        vector.layerNorm(x, rows, length, weight, bias, 1e-12f, y);
        // Subtracting the mean costs what the mean is larger than the spread; one element has none.
        if (length > 2) {
          for (int i = 0; i < y.length; i++) {
            assertThat(y[i])
                .as("seed %d, length %d, offset %f, element %d", SEED, length, offset, i)
                .isCloseTo(expected[i], within(3e-4f));
          }
        }
        vector.layerNorm(x, rows, length, weight, bias, 1e-12f, x);
        assertThat(x).isEqualTo(y);
      }
    }
  }

  @Test
  void geluIsExact() {
    float[] known = {0, 1, -1, 2, -2, 0.5f, 10, -10, 100, -100, 1e30f, -1e30f};
    double[] right = {
      0,
      0.8413447460685429,
      -0.15865525393145707,
      1.9544997361036416,
      -0.04550026389635842,
      0.34573123063700656,
      10,
      0,
      100,
      0,
      1e30f,
      0
    };
    for (Kernels kernels : new Kernels[] {scalar, vector}) {
      float[] x = known.clone();
      kernels.gelu(x, x.length);
      for (int i = 0; i < x.length; i++) {
        assertThat((double) x[i])
            .as("gelu(%s), %s", known[i], kernels.tier())
            .isCloseTo(right[i], within(4e-7 * Math.max(1, Math.abs(known[i]))));
      }
    }
    for (int length : LENGTHS) {
      float[] x = floats(length, 4);
      float[] y = x.clone();
      float[] expected = x.clone();
      vector.gelu(y, length);
      scalar.gelu(expected, length);
      for (int i = 0; i < length; i++) {
        assertThat(y[i])
            .as("seed %d, gelu(%s)", SEED, x[i])
            .isCloseTo(expected[i], within(4e-7f * Math.max(0.1f, Math.abs(x[i]))));
      }
    }
  }

  @Test
  void anElementsGeluDoesNotDependOnWhereTheBatchEnds() {
    float[] x = floats(777, 3);
    float[] whole = x.clone();
    vector.gelu(whole, x.length);
    for (int count : new int[] {1, 5, 31, 300, 700}) {
      float[] part = x.clone();
      vector.gelu(part, count);
      assertThat(Arrays.copyOf(part, count)).isEqualTo(Arrays.copyOf(whole, count));
      assertThat(Arrays.copyOfRange(part, count, x.length))
          .isEqualTo(Arrays.copyOfRange(x, count, x.length));
    }
  }

  @Test
  void attentionSeesItsOwnTextOnly() {
    for (int[] shape : new int[][] {{1, 1}, {2, 5}, {3, 16}, {12, 32}, {4, 33}, {2, 64}}) {
      int heads = shape[0];
      int size = shape[1];
      int[] starts = starts(1 + random.nextInt(5), 70);
      int count = starts[starts.length - 1] * heads * size;
      float[] q = floats(count, 1.5f);
      float[] k = floats(count, 1.5f);
      float[] v = floats(count, 1);
      float[] expected = new float[count];
      float[] y = new float[count];
      float scale = (float) (1 / Math.sqrt(size));
      scalar.textAttention(starts, heads, size, scale, q, k, v, expected);
      vector.textAttention(starts, heads, size, scale, q, k, v, y);
      for (int i = 0; i < count; i++) {
        assertThat(y[i]).as("seed %d, element %d", SEED, i).isCloseTo(expected[i], within(2e-5f));
      }
      aTextAloneGivesTheSameBits(starts, heads, size, scale, q, k, v, y);
    }
  }

  private void aTextAloneGivesTheSameBits(
      int[] starts, int heads, int size, float scale, float[] q, float[] k, float[] v, float[] y) {
    int width = heads * size;
    for (int i = 0; i + 1 < starts.length; i++) {
      int from = starts[i] * width;
      int to = starts[i + 1] * width;
      float[] alone = new float[to - from];
      vector.textAttention(
          new int[] {0, starts[i + 1] - starts[i]},
          heads,
          size,
          scale,
          Arrays.copyOfRange(q, from, to),
          Arrays.copyOfRange(k, from, to),
          Arrays.copyOfRange(v, from, to),
          alone);
      assertThat(alone).isEqualTo(Arrays.copyOfRange(y, from, to));
    }
  }

  @Test
  void hugeScoresStayFinite() {
    float[] q = {3e18f, 1, 3e18f, 1};
    float[] k = {1e18f, 0, -1e18f, 0};
    float[] v = {5, 6, 7, 8};
    float[] y = new float[4];
    vector.textAttention(new int[] {0, 2}, 1, 2, 1, q, k, v, y);
    assertThat(y).containsExactly(5, 6, 5, 6);
  }

  @Test
  void buffersThatAreTooShortAreRefused() {
    for (Kernels kernels : new Kernels[] {scalar, vector}) {
      float[] short3 = new float[3];
      float[] long4 = new float[4];
      int[] starts = {0, 2};
      assertThatThrownBy(() -> kernels.layerNorm(short3, 2, 2, long4, long4, 1e-12f, long4))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> kernels.gelu(short3, 4))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> kernels.textAttention(starts, 1, 2, 1, long4, long4, short3, long4))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> kernels.textAttention(starts, 1, 2, 1, long4, long4, long4, short3))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  private int[] starts(int texts, int lengthMax) {
    int[] starts = new int[texts + 1];
    for (int i = 0; i < texts; i++) {
      starts[i + 1] = starts[i] + 1 + random.nextInt(lengthMax);
    }
    return starts;
  }
}
