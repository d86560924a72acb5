package dev.tangram.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tangram.kernel.scalar.ScalarKernels;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Choosing experts, multiplying each with its tokens and adding up: against the scalar tier. */
@Tag("width")
class ExpertsPropertyTest {
  private static final long SEED = Weights.seed(ExpertsPropertyTest.class);
  private static final float EPSILON = 0x1p-24f;

  private final Workers workers = new Workers(2);
  private final Kernels vector = Tiers.of("vector", workers);
  private final Kernels scalar = new ScalarKernels(workers);

  @AfterEach
  void closeWorkers() {
    workers.close();
  }

  /** Groups of no rows, one, some, and more than a block of 64. */
  private static int[] starts(int groups, Random random) {
    int[] starts = new int[groups + 1];
    for (int g = 0; g < groups; g++) {
      int rows =
          switch (random.nextInt(6)) {
            case 0, 1 -> 0;
            case 2 -> 1;
            case 3 -> 60 + random.nextInt(80);
            default -> 2 + random.nextInt(20);
          };
      starts[g + 1] = starts[g] + rows;
    }
    return starts;
  }

  private static List<Matrix> experts(
      Kernels kernels, Format format, int count, int rows, int columns, long seed, Arena arena) {
    List<Matrix> experts = new ArrayList<>();
    Random random = new Random(seed);
    for (int e = 0; e < count; e++) {
      experts.add(
          kernels.pack(
              format, rows, columns, Weights.random(format, rows, columns, random), arena));
    }
    return experts;
  }

  /** Bit for bit what every matrix alone makes of its rows, in both tiers. */
  @ParameterizedTest
  @EnumSource
  void groupsAreWhatEachMatrixMakes(Format format) {
    Random random = new Random(SEED);
    int columns = format.blockLength() == 1 ? 83 : 2 * format.blockLength();
    int rows = 77;
    for (int groups : new int[] {1, 2, 7, 40}) {
      int[] starts = starts(groups, random);
      int total = starts[groups];
      float[] x = Weights.numbers(total * columns + 3, random);
      for (Kernels kernels : Tiers.names().size() > 1 ? List.of(vector, scalar) : List.of(vector)) {
        try (Arena arena = Arena.ofShared()) {
          List<Matrix> experts = experts(kernels, format, groups, rows, columns, SEED, arena);
          float[] y = new float[total * rows + 2];
          Arrays.fill(y, 7);
          kernels.multiply(experts, starts, x, y);
          float[] expected = y.clone();
          for (int g = 0; g < groups; g++) {
            int count = starts[g + 1] - starts[g];
            float[] part = new float[count * rows];
            float[] mine = Arrays.copyOfRange(x, starts[g] * columns, starts[g + 1] * columns);
            kernels.multiply(experts.get(g), mine, count, part);
            System.arraycopy(part, 0, expected, starts[g] * rows, part.length);
          }
          assertThat(y)
              .as("%s %s, %s", kernels.tier(), format, Arrays.toString(starts))
              .isEqualTo(expected);
          assertThat(Arrays.copyOfRange(y, total * rows, y.length)).containsOnly(7);
        }
      }
    }
  }

  /** Formats may differ from expert to expert, as a file's layers do. */
  @Test
  void groupsOfSeveralFormats() {
    Random random = new Random(SEED);
    try (Arena arena = Arena.ofShared()) {
      List<Matrix> experts = new ArrayList<>();
      for (Format format : Format.values()) {
        experts.addAll(experts(vector, format, 1, 40, 256, SEED, arena));
      }
      int[] starts = IntStream.rangeClosed(0, experts.size()).map(g -> 3 * g).toArray();
      float[] x = Weights.numbers(starts[experts.size()] * 256, random);
      float[] y = new float[starts[experts.size()] * 40];
      vector.multiply(experts, starts, x, y);
      for (int g = 0; g < experts.size(); g++) {
        float[] part = new float[3 * 40];
        vector.multiply(experts.get(g), Arrays.copyOfRange(x, g * 768, g * 768 + 768), 3, part);
        assertThat(Arrays.copyOfRange(y, g * 120, g * 120 + 120)).isEqualTo(part);
      }
    }
  }

  @Test
  void refusesGroupsThatDoNotFit() {
    try (Arena arena = Arena.ofShared()) {
      List<Matrix> experts = experts(vector, Format.Q8_0, 2, 33, 64, SEED, arena);
      float[] x = new float[4 * 64];
      float[] y = new float[4 * 33];
      vector.multiply(experts, new int[] {0, 3, 4}, x, y);
      vector.multiply(experts, new int[] {0, 0, 0}, new float[0], new float[0]);
      assertThatThrownBy(() -> vector.multiply(experts, new int[] {0, 3, 2}, x, y))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("found 3 before 2");
      assertThatThrownBy(() -> vector.multiply(experts, new int[] {0, 3, 5}, x, y))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> vector.multiply(experts, new int[] {-1, 3, 4}, x, y))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> vector.multiply(experts, new int[] {0, 4}, x, y))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(
              () -> vector.multiply(experts, new int[] {0, 3, 4}, x, Arrays.copyOf(y, 131)))
          .isInstanceOf(IndexOutOfBoundsException.class);
      List<Matrix> unlike =
          List.of(experts.get(0), experts(vector, Format.Q8_0, 1, 32, 64, SEED, arena).getFirst());
      assertThatThrownBy(() -> vector.multiply(unlike, new int[] {0, 3, 4}, x, y))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("matrix 1 is [32, 64]");
    }
  }

  private record Routes(int[] chosen, float[] weights) {
    static Routes of(
        Kernels kernels, float[] logits, int tokens, int experts, int used, boolean normalised) {
      Routes routes = new Routes(new int[tokens * used], new float[tokens * used]);
      Arrays.fill(routes.chosen, -7);
      kernels.route(logits, tokens, experts, used, normalised, routes.chosen, routes.weights);
      return routes;
    }
  }

  @Test
  void routesAsTheScalarTier() {
    Random random = new Random(SEED);
    for (int experts : new int[] {1, 2, 8, 15, 60, 128, 257, 512}) {
      for (int used : new int[] {1, 2, 8, 10}) {
        for (int tokens : new int[] {1, 3, 50}) {
          if (used <= experts) {
            float[] logits = Weights.numbers(tokens * experts, random);
            for (int i = 0; i < logits.length; i++) {
              logits[i] *= 4;
            }
            routed(logits, tokens, experts, used);
          }
        }
      }
    }
  }

  private void routed(float[] logits, int tokens, int experts, int used) {
    for (boolean normalised : new boolean[] {true, false}) {
      Routes expected = Routes.of(scalar, logits, tokens, experts, used, normalised);
      Routes found = Routes.of(vector, logits, tokens, experts, used, normalised);
      assertThat(found.chosen).isEqualTo(expected.chosen);
      for (int i = 0; i < expected.weights.length; i++) {
        assertThat(Math.abs(found.weights[i] - expected.weights[i]))
            .as("weight %d: %s for %s", i, found.weights[i], expected.weights[i])
            .isLessThanOrEqualTo(64 * EPSILON * expected.weights[i] + 1e-37f);
      }
      for (int t = 0; t < tokens; t++) {
        float[] mine = Arrays.copyOfRange(logits, t * experts, (t + 1) * experts);
        Routes alone = Routes.of(vector, mine, 1, experts, used, normalised);
        assertThat(alone.weights)
            .as("token %d alone", t)
            .isEqualTo(Arrays.copyOfRange(found.weights, t * used, (t + 1) * used));
      }
    }
  }

  @Test
  void routesByHand() {
    float[] logits = {0, (float) Math.log(3), (float) Math.log(5), 0};
    for (String tier : Tiers.names()) {
      Kernels kernels = Tiers.of(tier, workers);
      Routes plain = Routes.of(kernels, logits, 1, 4, 2, false);
      assertThat(plain.chosen).containsExactly(2, 1);
      assertThat(plain.weights).usingComparatorWithPrecision(1e-6f).containsExactly(.5f, .3f);
      Routes normalised = Routes.of(kernels, logits, 1, 4, 2, true);
      assertThat(normalised.weights)
          .usingComparatorWithPrecision(1e-6f)
          .containsExactly(.625f, .375f);
    }
  }

  /** Equal logits go to the lower index; so do logits whose shares are equal only when rounded. */
  @Test
  void tiesGoToTheLowerIndex() {
    for (String tier : Tiers.names()) {
      Kernels kernels = Tiers.of(tier, workers);
      float[] equal = new float[100];
      Routes routes = Routes.of(kernels, equal, 1, 100, 10, true);
      assertThat(routes.chosen).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
      assertThat(routes.weights).usingComparatorWithPrecision(1e-7f).containsOnly(.1f);
      float[] some = {1, 3, 2, 3, 1, 3, -0f, 0f};
      assertThat(Routes.of(kernels, some, 1, 8, 8, false).chosen)
          .containsExactly(1, 3, 5, 2, 0, 4, 6, 7);
      float[] near = {0, Math.nextUp(1e-8f), 1e-8f, -1000, -999, 50};
      assertThat(Routes.of(kernels, near, 1, 6, 6, true).chosen).containsExactly(5, 1, 2, 0, 4, 3);
    }
  }

  /** Whatever the logits, experts are distinct and exist; what is not finite shows in weights. */
  @Test
  void logitsThatAreNotFinite() {
    Random random = new Random(SEED);
    float[] odd = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 0, 1, 1e30f};
    for (String tier : Tiers.names()) {
      Kernels kernels = Tiers.of(tier, workers);
      for (int round = 0; round < 300; round++) {
        int experts = 1 + random.nextInt(20);
        int used = 1 + random.nextInt(experts);
        int from = random.nextInt(odd.length);
        float[] logits = new float[experts];
        for (int e = 0; e < experts; e++) {
          logits[e] = odd[from + random.nextInt(odd.length - from)];
        }
        boolean normalised = random.nextBoolean();
        Routes routes = Routes.of(kernels, logits, 1, experts, used, normalised);
        assertThat(routes.chosen)
            .as("%s %s", tier, Arrays.toString(logits))
            .doesNotHaveDuplicates()
            .satisfies(all -> assertThat(Arrays.stream(all)).allMatch(e -> e >= 0 && e < experts));
        boolean lost =
            IntStream.range(0, experts)
                .anyMatch(e -> Float.isNaN(logits[e]) || logits[e] == Float.POSITIVE_INFINITY);
        for (float weight : routes.weights) {
          if (lost) {
            assertThat(weight).isNaN();
          }
        }
      }
    }
  }

  @Test
  void refusesMoreExpertsThanThereAre() {
    for (int used : new int[] {0, 5}) {
      assertThatThrownBy(() -> Routes.of(vector, new float[4], 1, 4, used, true))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("1 to 4, found " + used);
    }
  }

  @Test
  void combines() {
    Random random = new Random(SEED);
    for (int width : new int[] {1, 7, 16, 33, 768}) {
      for (int used : new int[] {1, 2, 8}) {
        for (int tokens : new int[] {1, 5, 60}) {
          int made = tokens * used;
          float[] parts = Weights.numbers(made * width, random);
          float[] weights = Weights.numbers(made, random);
          int[] rows = random.ints(made, 0, made).toArray();
          float[] expected = new float[tokens * width + 1];
          float[] y = new float[tokens * width + 1];
          Arrays.fill(y, 7);
          scalar.combine(parts, rows, weights, tokens, used, width, expected);
          vector.combine(parts, rows, weights, tokens, used, width, y);
          assertThat(y[tokens * width]).isEqualTo(7);
          for (int i = 0; i < tokens * width; i++) {
            assertThat(Math.abs(y[i] - expected[i])).isLessThanOrEqualTo(used * EPSILON * 50);
          }
          float[] one = new float[width];
          int last = tokens - 1;
          vector.combine(
              parts,
              Arrays.copyOfRange(rows, last * used, made),
              Arrays.copyOfRange(weights, last * used, made),
              1,
              used,
              width,
              one);
          assertThat(one).isEqualTo(Arrays.copyOfRange(y, last * width, tokens * width));
        }
      }
    }
  }

  @Test
  void combinesByHand() {
    for (String tier : Tiers.names()) {
      float[] parts = {1, 2, 10, 20, 100, 200};
      float[] y = new float[4];
      int[] rows = {2, 0, 1, 1};
      float[] weights = {.5f, 2, 1, -1};
      Tiers.of(tier, workers).combine(parts, rows, weights, 2, 2, 2, y);
      assertThat(y).containsExactly(52, 104, 0, 0);
    }
  }
}
