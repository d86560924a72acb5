package dev.tangram.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tangram.kernel.scalar.ScalarKernels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The vector tier's products against the scalar tier's, over formats, shapes and batches. */
@Tag("width")
class MultiplyPropertyTest {
  private static final long SEED = Weights.seed(MultiplyPropertyTest.class);
  private static final int[] ROWS = {1, 13, 16, 17, 33, 207};
  private static final int[] TOKENS = {1, 2, 3, 4, 5, 6, 7, 8, 9, 17};
  private static final int TOKENS_MAX = 40;
  private static final float EPSILON = 0x1p-24f;

  private final Workers workers = new Workers(2);
  private final Kernels vector = Tiers.of(tier(), workers);
  private final Kernels scalar = new ScalarKernels(workers);

  /** The tier under test. */
  String tier() {
    return "vector";
  }

  @AfterEach
  void closeWorkers() {
    workers.close();
  }

  @ParameterizedTest
  @EnumSource
  void agreesWithTheScalarTier(Format format) {
    Random random = new Random(SEED);
    for (int columns : Weights.columns(format)) {
      for (int rows : ROWS) {
        MemorySegment source = Weights.random(format, rows, columns, random);
        float[] x = Weights.numbers(TOKENS_MAX * columns, random);
        try (Arena arena = Arena.ofShared()) {
          Matrix oracle = scalar.pack(format, rows, columns, source, arena);
          Matrix w = vector.pack(format, rows, columns, source, arena);
          assertThat(w.rows()).isEqualTo(rows);
          assertThat(w.columns()).isEqualTo(columns);
          assertThat(w.format()).isEqualTo(format);
          rows(oracle, w);
          float[] expected = new float[TOKENS_MAX * rows];
          float[] y = new float[TOKENS_MAX * rows];
          Arrays.fill(y, Float.NaN);
          scalar.multiply(oracle, x, TOKENS_MAX, expected);
          vector.multiply(w, x, TOKENS_MAX, y);
          close(oracle, x, expected, y);
          for (int tokens : TOKENS) {
            float[] fewer = new float[tokens * rows];
            Arrays.fill(fewer, Float.NaN);
            vector.multiply(w, x, tokens, fewer);
            assertThat(fewer)
                .as(
                    "%s[%d, %d], %d tokens, bit for bit as among %d",
                    format, rows, columns, tokens, TOKENS_MAX)
                .isEqualTo(Arrays.copyOf(y, tokens * rows));
          }
        }
      }
    }
  }

  /** Both tiers read a row back to within one rounding of scale times quant plus minimum. */
  private void rows(Matrix oracle, Matrix w) {
    int columns = w.columns();
    float[] expected = new float[columns];
    float[] y = new float[columns + 3];
    for (int n = 0; n < w.rows(); n++) {
      scalar.row(oracle, n, expected, 0);
      vector.row(w, n, y, 3);
      float most = most(expected);
      for (int i = 0; i < columns; i++) {
        assertThat(Math.abs(y[3 + i] - expected[i]))
            .as("%s row %d column %d: %s for %s", w.format(), n, i, y[3 + i], expected[i])
            .isLessThanOrEqualTo(16 * EPSILON * most);
      }
    }
  }

  /**
   * A sum of D products in any order errs by at most D roundings of the sum of their magnitudes;
   * scales and minima are applied to sums, so a weight counts with the largest of its row.
   */
  private void close(Matrix oracle, float[] x, float[] expected, float[] y) {
    int columns = oracle.columns();
    int rows = oracle.rows();
    float[] weights = new float[columns];
    for (int n = 0; n < rows; n++) {
      scalar.row(oracle, n, weights, 0);
      float most = most(weights);
      for (int t = 0; t < TOKENS_MAX; t++) {
        double magnitude = 0;
        for (int i = 0; i < columns; i++) {
          magnitude += Math.abs(x[t * columns + i]);
        }
        double limit =
            ((8 + columns / 8.0) * EPSILON * magnitude + error(oracle.format(), x, t, columns))
                    * most
                + Float.MIN_NORMAL;
        assertThat((double) Math.abs(y[t * rows + n] - expected[t * rows + n]))
            .as(
                "%s[%d, %d] row %d token %d: %s for %s",
                oracle.format(), rows, columns, n, t, y[t * rows + n], expected[t * rows + n])
            .isLessThanOrEqualTo(limit);
      }
    }
  }

  /** By how much all x of a token together may be off before they are multiplied. */
  double error(Format format, float[] x, int token, int columns) {
    return 0;
  }

  private static float most(float[] x) {
    float most = 0;
    for (float v : x) {
      most = Math.max(most, Math.abs(v));
    }
    return most;
  }

  /** A row's result depends on its own x alone, be its neighbours infinite or no numbers at all. */
  @ParameterizedTest
  @EnumSource
  void aRowDoesNotSeeItsNeighbours(Format format) {
    Random random = new Random(SEED);
    int columns = format.blockLength() == 1 ? 83 : 2 * format.blockLength();
    int rows = 77;
    MemorySegment source = Weights.random(format, rows, columns, random);
    try (Arena arena = Arena.ofShared()) {
      Matrix w = vector.pack(format, rows, columns, source, arena);
      for (int tokens = 1; tokens <= TOKENS_MAX; tokens++) {
        float[] mine = Weights.numbers(columns, random);
        float[] alone = new float[rows];
        vector.multiply(w, mine, 1, alone);
        float[] x = Weights.numbers(tokens * columns, random);
        for (int i = 0; i < x.length; i += 7) {
          x[i] = new float[] {Float.NaN, Float.POSITIVE_INFINITY, -Float.MAX_VALUE, 0f}[i % 4];
        }
        int at = random.nextInt(tokens);
        System.arraycopy(mine, 0, x, at * columns, columns);
        float[] y = new float[tokens * rows];
        vector.multiply(w, x, tokens, y);
        assertThat(Arrays.copyOfRange(y, at * rows, (at + 1) * rows))
            .as("%s, token %d of %d", format, at, tokens)
            .isEqualTo(alone);
      }
    }
  }
}
