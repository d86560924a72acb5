package dev.tangram.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tangram.kernel.scalar.ScalarKernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Attention and the memory it reads: against the scalar tier, whole and in pieces, alone and in
 * company.
 */
@Tag("width")
class AttentionPropertyTest {
  private static final long SEED = Weights.seed(AttentionPropertyTest.class);
  private static final int BLOCK = KvMemory.BLOCK_LENGTH;
  private static final int LAYERS = 2;
  private static final int[][] HEADS = {{1, 1}, {2, 2}, {4, 2}, {7, 1}, {14, 2}, {9, 3}};
  private static final int[] WINDOWS = {Integer.MAX_VALUE, 1, 2, 15, 16, 17, 40};

  /** Positions of the sequences of a step: on, before and after the ends of blocks. */
  private static final int[] LENGTHS = {1, 15, 16, 17, 33, 70};

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

  /** Sequences with their rows of q, k, v for all positions, one after another. */
  private static final class World {
    final int heads;
    final int kvHeads;
    final int size;
    final int[] lengths;
    final int blocks;
    final int[][] tables;
    final float[] q;
    final float[] k;
    final float[] v;

    World(int[] lengths, int heads, int kvHeads, int size, Random random) {
      this.lengths = lengths;
      this.heads = heads;
      this.kvHeads = kvHeads;
      this.size = size;
      int tokens = Arrays.stream(lengths).sum();
      blocks = Arrays.stream(lengths).map(n -> Math.ceilDiv(n, BLOCK)).sum() + 3;
      tables = new int[lengths.length][];
      q = Weights.numbers(tokens * heads * size, random);
      k = Weights.numbers(tokens * kvHeads * size, random);
      v = Weights.numbers(tokens * kvHeads * size, random);
      List<Integer> free = new ArrayList<>(IntStream.range(0, blocks).boxed().toList());
      Collections.shuffle(free, random);
      for (int i = 0; i < lengths.length; i++) {
        List<Integer> mine = free.subList(0, Math.ceilDiv(lengths[i], BLOCK));
        tables[i] = mine.stream().mapToInt(Integer::intValue).toArray();
        mine.clear();
      }
    }

    int firstRow(int sequence) {
      return Arrays.stream(lengths, 0, sequence).sum();
    }

    /** All positions of every sequence in one step. */
    List<Span> whole() {
      return IntStream.range(0, lengths.length)
          .mapToObj(i -> new Span(firstRow(i), lengths[i], 0, tables[i]))
          .toList();
    }

    /** Memory whose every slot holds what no result may contain. */
    KvMemory poisoned(Kernels kernels) {
      KvMemory kv = new KvMemory(LAYERS, blocks, kvHeads, size);
      int positions = blocks * BLOCK;
      float[] nothing = new float[positions * kvHeads * size];
      Arrays.fill(nothing, Float.NaN);
      Span all = new Span(0, positions, 0, IntStream.range(0, blocks).toArray());
      for (int layer = 0; layer < LAYERS; layer++) {
        kernels.store(kv, layer, List.of(all), nothing, nothing);
      }
      return kv;
    }

    float[] attend(Kernels kernels, KvMemory kv, List<Span> spans, int window) {
      float[] y = new float[q.length];
      Arrays.fill(y, Float.NaN);
      kernels.store(kv, 1, spans, k, v);
      kernels.attention(kv, 1, spans, heads, scale(), window, q, y);
      return y;
    }

    float scale() {
      return (float) (1 / Math.sqrt(size));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 13, 16, 20, 32, 64, 80, 96, 128, 256})
  void agreesWithTheScalarTierAndWithItselfInPieces(int size) {
    Random random = new Random(SEED + size);
    for (int[] heads : HEADS) {
      World world = new World(LENGTHS, heads[0], heads[1], size, random);
      for (int window : WINDOWS) {
        try (KvMemory mine = world.poisoned(vector);
            KvMemory oracle = world.poisoned(scalar)) {
          float[] expected = world.attend(scalar, oracle, world.whole(), window);
          float[] y = world.attend(vector, mine, world.whole(), window);
          String what = "H %d, K %d, S %d, window %d".formatted(heads[0], heads[1], size, window);
          for (int i = 0; i < y.length; i++) {
            // Scores err by about S roundings, shares by as much, and shares sum to one.
            float limit = (16 + size) * 0x1p-24f * 5;
            assertThat(Math.abs(y[i] - expected[i]))
                .as("%s: y[%d] %s for %s", what, i, y[i], expected[i])
                .isLessThanOrEqualTo(limit);
          }
          try (KvMemory pieces = world.poisoned(vector)) {
            assertThat(inPieces(vector, world, pieces, window, random))
                .as("%s, in pieces", what)
                .isEqualTo(y);
          }
        }
      }
    }
  }

  /** Contexts of several runs, which are shared out between threads where there are few rows. */
  @Test
  void longContextsAgreeWhoeverMakesTheirRuns() {
    Random random = new Random(SEED);
    World world = new World(new int[] {1300, 513}, 6, 2, 20, random);
    for (int window : new int[] {600, Integer.MAX_VALUE}) {
      try (KvMemory mine = world.poisoned(vector);
          KvMemory oracle = world.poisoned(scalar)) {
        float[] expected = world.attend(scalar, oracle, world.whole(), window);
        float[] y = world.attend(vector, mine, world.whole(), window);
        for (int i = 0; i < y.length; i++) {
          assertThat(y[i]).isCloseTo(expected[i], within(1e-5f));
        }
        for (int threads = 1; threads <= 3; threads++) {
          try (Workers some = new Workers(threads);
              KvMemory pieces = world.poisoned(vector)) {
            assertThat(inPieces(Tiers.of(tier(), some), world, pieces, window, random))
                .as("window %d, %d threads", window, threads)
                .isEqualTo(y);
          }
        }
      }
    }
  }

  /** Runs every sequence in pieces of random lengths, in company of random others. */
  private static float[] inPieces(
      Kernels kernels, World world, KvMemory kv, int window, Random random) {
    float[] y = new float[world.q.length];
    int[] done = new int[world.lengths.length];
    while (true) {
      List<Span> spans = new ArrayList<>();
      for (int i = 0; i < world.lengths.length; i++) {
        int left = world.lengths[i] - done[i];
        int count =
            Math.min(
                left, random.nextInt(world.lengths[i] > 100 && random.nextBoolean() ? 400 : 20));
        if (count > 0) {
          spans.add(new Span(world.firstRow(i) + done[i], count, done[i], world.tables[i]));
          done[i] += count;
        }
      }
      kernels.store(kv, 1, spans, world.k, world.v);
      kernels.attention(kv, 1, spans, world.heads, world.scale(), window, world.q, y);
      if (Arrays.equals(done, world.lengths)) {
        return y;
      }
    }
  }

  /** Rows of y that no span names stay as they were; other layers too. */
  @Test
  void writesItsOwnRowsOnly() {
    World world = new World(LENGTHS, 4, 2, 24, new Random(SEED));
    try (KvMemory kv = world.poisoned(vector)) {
      Span one = world.whole().get(3);
      float[] y = new float[world.q.length];
      Arrays.fill(y, 7);
      vector.store(kv, 0, List.of(one), world.k, world.v);
      vector.attention(kv, 0, List.of(one), 4, world.scale(), Integer.MAX_VALUE, world.q, y);
      int from = one.row() * 4 * 24;
      int to = from + one.count() * 4 * 24;
      for (int i = 0; i < y.length; i++) {
        if (i >= from && i < to) {
          assertThat(y[i]).isNotNaN();
        } else {
          assertThat(y[i]).isEqualTo(7);
        }
      }
      vector.attention(kv, 1, List.of(one), 4, world.scale(), Integer.MAX_VALUE, world.q, y);
      assertThat(y[from]).as("layer 1 was never stored").isNaN();
    }
  }

  /**
   * Scores so far apart, or so large and alike, that a softmax without its maximum taken off would
   * overflow.
   */
  @ParameterizedTest
  @ValueSource(floats = {1, 1e3f, 1e6f})
  void keepsExtremeScoresApart(float size) {
    for (String tier : Tiers.names()) {
      Kernels kernels = Tiers.of(tier, workers);
      int positions = 20;
      float[] k = new float[positions * 16];
      float[] v = new float[positions * 16];
      for (int i = 0; i < positions; i++) {
        k[i * 16] = size;
        Arrays.fill(v, i * 16, (i + 1) * 16, i);
      }
      float[] q = new float[positions * 16];
      float[] y = new float[positions * 16];
      q[19 * 16] = 100;
      Span span = new Span(0, positions, 0, new int[] {1, 0});
      try (KvMemory kv = new KvMemory(1, 2, 1, 16)) {
        kernels.store(kv, 0, List.of(span), k, v);
        kernels.attention(kv, 0, List.of(span), 1, 1, Integer.MAX_VALUE, q, y);
        assertThat(y[19 * 16 + 5]).as("all alike: the mean").isCloseTo(9.5f, within(1e-5f));
        k[7 * 16] = 4 * size;
        kernels.store(kv, 0, List.of(span), k, v);
        kernels.attention(kv, 0, List.of(span), 1, 1, Integer.MAX_VALUE, q, y);
        assertThat(y[19 * 16 + 5]).as("one far ahead: its value").isEqualTo(7);
        assertThat(y[3 * 16 + 5])
            .as("q of zeros: the mean of what is seen")
            .isCloseTo(1.5f, within(1e-6f));
      }
    }
  }
}
