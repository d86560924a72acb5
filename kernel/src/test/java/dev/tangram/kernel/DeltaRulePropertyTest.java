package dev.tangram.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The gated delta rule and the state it leaves: both tiers against the formula in double, the
 * vector tier whole, in pieces, alone and in company, at extremes.
 */
@Tag("width")
class DeltaRulePropertyTest {
  private static final long SEED = Weights.seed(DeltaRulePropertyTest.class);
  private static final int[] LENGTHS = {1, 2, 15, 16, 17, 40, 70};
  private static final int SLOTS = 9;
  private static final int LAYERS = 2;

  /** Hk, Hv, dk, dv. */
  private static final int[][] SHAPES = {
    {1, 1, 1, 1},
    {1, 1, 16, 16},
    {1, 2, 5, 3},
    {2, 2, 33, 31},
    {2, 4, 64, 64},
    {1, 3, 17, 100},
    {3, 6, 32, 48},
    {2, 4, 128, 128},
    {1, 1, 130, 257}
  };

  private final Workers workers = new Workers(2);
  private final Kernels vector = Tiers.of("vector", workers);

  @AfterEach
  void closeWorkers() {
    workers.close();
  }

  /** Inputs of all tokens, and what a sequence's head does with them by the formula in double. */
  private static final class World {
    final DeltaShape shape;
    final Cuts cuts;
    final float[] mixed;
    final float[] decay;
    final float[] beta;

    World(DeltaShape shape, Random random) {
      this.shape = shape;
      cuts = Cuts.of(LENGTHS, SLOTS, random);
      mixed = Weights.numbers(cuts.tokens() * shape.channels(), random);
      decay = new float[cuts.tokens() * shape.valueHeads()];
      beta = new float[decay.length];
      for (int i = 0; i < decay.length; i++) {
        decay[i] = -(float) Math.log1p(Math.exp(3 * random.nextGaussian() - 2));
        beta[i] = random.nextFloat();
      }
    }

    StateMemory empty() {
      StateMemory state = new StateMemory(LAYERS, SLOTS, 3, shape.recurrent());
      for (int slot = 0; slot < SLOTS; slot++) {
        state.clear(slot);
      }
      return state;
    }

    float[] run(Kernels kernels, StateMemory state, List<List<Span>> steps) {
      float[] y = new float[cuts.tokens() * shape.inner()];
      Arrays.fill(y, Float.NaN);
      for (List<Span> spans : steps) {
        kernels.deltaRule(state, 1, spans, shape, mixed, decay, beta, y);
      }
      return y;
    }

    /** Writes y[T, dv] of the head and returns S[dk][dv] after the last token. */
    double[][] reference(int sequence, int head, double[][] y) {
      int keys = shape.keySize();
      int values = shape.valueSize();
      double[][] s = new double[keys][values];
      for (int t = 0; t < LENGTHS[sequence]; t++) {
        int row = cuts.firstRow(sequence) + t;
        int at = row * shape.channels();
        int keyHead = shape.keyHead(head);
        double[] q = unit(at + keyHead * keys);
        double[] k = unit(at + (shape.keyHeads() + keyHead) * keys);
        int v = at + 2 * shape.keyHeads() * keys + head * values;
        double kept = Math.exp(decay[row * shape.valueHeads() + head]);
        for (int j = 0; j < values; j++) {
          double predicted = 0;
          for (int i = 0; i < keys; i++) {
            s[i][j] *= kept;
            predicted += s[i][j] * k[i];
          }
          double change = beta[row * shape.valueHeads() + head] * (mixed[v + j] - predicted);
          for (int i = 0; i < keys; i++) {
            s[i][j] += k[i] * change;
            y[t][j] += s[i][j] * q[i] / Math.sqrt(keys);
          }
        }
      }
      return s;
    }

    private double[] unit(int from) {
      double squares = 1e-6;
      for (int i = 0; i < shape.keySize(); i++) {
        squares += (double) mixed[from + i] * mixed[from + i];
      }
      double[] unit = new double[shape.keySize()];
      for (int i = 0; i < unit.length; i++) {
        unit[i] = mixed[from + i] / Math.sqrt(squares);
      }
      return unit;
    }
  }

  static Stream<DeltaShape> shapes() {
    return Arrays.stream(SHAPES)
        .flatMap(
            s ->
                Stream.of(false, true)
                    .map(tiled -> new DeltaShape(s[0], s[1], s[2], s[3], tiled))
                    .filter(shape -> !shape.tiled() || s[0] > 1 && s[1] > s[0]));
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void agreesWithTheFormula(DeltaShape shape) {
    World world = new World(shape, new Random(SEED));
    for (String tier : Tiers.names()) {
      try (StateMemory state = world.empty()) {
        float[] y = world.run(Tiers.of(tier, workers), state, world.cuts.whole());
        for (int i = 0; i < LENGTHS.length; i++) {
          for (int head = 0; head < shape.valueHeads(); head++) {
            double[][] expected = new double[LENGTHS[i]][shape.valueSize()];
            double[][] after = world.reference(i, head, expected);
            String what = "%s %s, sequence %d, head %d".formatted(tier, shape, i, head);
            outputs(what, world, i, head, y, expected);
            state(what, world, state.recurrent(1, world.cuts.slots()[i]), head, after);
          }
        }
      }
    }
  }

  /** A sum errs by about dk roundings; a step's error decays with the state or stays. */
  private static double limit(DeltaShape shape) {
    return (16 + shape.keySize() + 40) * 0x1p-24 * 8;
  }

  private static void outputs(
      String what, World world, int sequence, int head, float[] y, double[][] expected) {
    DeltaShape shape = world.shape;
    for (int t = 0; t < expected.length; t++) {
      int at = (world.cuts.firstRow(sequence) + t) * shape.inner() + head * shape.valueSize();
      for (int j = 0; j < shape.valueSize(); j++) {
        if (!(Math.abs(y[at + j] - expected[t][j]) <= limit(shape))) {
          fail("%s, token %d: y[%d] %s for %s", what, t, j, y[at + j], expected[t][j]);
        }
      }
    }
  }

  private static void state(
      String what, World world, MemorySegment memory, int head, double[][] expected) {
    for (int i = 0; i < expected.length; i++) {
      for (int j = 0; j < expected[i].length; j++) {
        float s = memory.getAtIndex(ValueLayout.JAVA_FLOAT, world.shape.index(head, i, j));
        if (!(Math.abs(s - expected[i][j]) <= limit(world.shape))) {
          fail("%s: S[%d, %d] %s for %s", what, i, j, s, expected[i][j]);
        }
      }
    }
  }

  private static float[] floats(StateMemory state, int slot) {
    return state.recurrent(1, slot).toArray(ValueLayout.JAVA_FLOAT);
  }

  /** Bits, not numbers: neither cuts nor company may show. */
  @ParameterizedTest
  @MethodSource("shapes")
  void isTheSameInPieces(DeltaShape shape) {
    Random random = new Random(SEED + 1);
    World world = new World(shape, random);
    try (StateMemory whole = world.empty();
        StateMemory pieces = world.empty();
        StateMemory singles = world.empty();
        Workers alone = new Workers(1)) {
      float[] y = world.run(vector, whole, world.cuts.whole());
      assertThat(world.run(vector, pieces, world.cuts.inPieces(30, random)))
          .as("in pieces")
          .isEqualTo(y);
      assertThat(world.run(Tiers.of("vector", alone), singles, world.cuts.oneByOne()))
          .as("a token a step, one thread")
          .isEqualTo(y);
      for (int slot = 0; slot < SLOTS; slot++) {
        float[] expected = floats(whole, slot);
        assertThat(floats(pieces, slot)).as("slot %d", slot).isEqualTo(expected);
        assertThat(floats(singles, slot)).as("slot %d", slot).isEqualTo(expected);
        assertThat(pieces.recurrent(0, slot).toArray(ValueLayout.JAVA_FLOAT))
            .as("another layer")
            .containsOnly(0);
        assertThat(pieces.convolution(1, slot).toArray(ValueLayout.JAVA_FLOAT))
            .as("the convolution's state")
            .containsOnly(0);
      }
      for (int slot : unused(world.cuts)) {
        assertThat(floats(pieces, slot)).as("nobody's slot").containsOnly(0);
      }
    }
  }

  private static int[] unused(Cuts cuts) {
    return IntStream.range(0, SLOTS)
        .filter(slot -> Arrays.stream(cuts.slots()).noneMatch(s -> s == slot))
        .toArray();
  }

  /** A neighbour that is not a number at all stays where it is. */
  @Test
  void aSequenceDoesNotSeeItsNeighbours() {
    DeltaShape shape = new DeltaShape(2, 4, 20, 70, false);
    World world = new World(shape, new Random(SEED + 2));
    try (StateMemory healthy = world.empty();
        StateMemory ill = world.empty()) {
      float[] expected = world.run(vector, healthy, world.cuts.whole());
      int sick = 3;
      int row = world.cuts.firstRow(sick) + 5;
      Arrays.fill(world.mixed, row * shape.channels(), (row + 1) * shape.channels(), Float.NaN);
      world.decay[(row + 1) * 4] = Float.POSITIVE_INFINITY;
      float[] y = world.run(vector, ill, world.cuts.whole());
      int first = row * shape.inner();
      int end = world.cuts.firstRow(sick + 1) * shape.inner();
      assertThat(Arrays.copyOf(y, first)).isEqualTo(Arrays.copyOf(expected, first));
      assertThat(Arrays.copyOfRange(y, first, end)).containsOnly(Float.NaN);
      assertThat(Arrays.copyOfRange(y, end, y.length))
          .isEqualTo(Arrays.copyOfRange(expected, end, y.length));
      for (int i = 0; i < LENGTHS.length; i++) {
        int slot = world.cuts.slots()[i];
        if (i == sick) {
          assertThat(floats(ill, slot)).containsOnly(Float.NaN);
        } else {
          assertThat(floats(ill, slot)).isEqualTo(floats(healthy, slot));
        }
      }
    }
  }

  /** Nothing forgotten, everything forgotten: the last token alone is left. */
  @ParameterizedTest
  @ValueSource(floats = {0, -1e-30f, -87.5f, -1e4f, Float.NEGATIVE_INFINITY})
  void decaysFromNoneToAll(float decay) {
    DeltaShape shape = new DeltaShape(1, 2, 24, 40, false);
    World world = new World(shape, new Random(SEED + 3));
    Arrays.fill(world.decay, decay);
    for (String tier : Tiers.names()) {
      try (StateMemory state = world.empty()) {
        float[] y = world.run(Tiers.of(tier, workers), state, world.cuts.whole());
        for (int i = 0; i < LENGTHS.length; i++) {
          double[][] expected = new double[LENGTHS[i]][shape.valueSize()];
          double[][] after = world.reference(i, 1, expected);
          String what = "%s, decay %s".formatted(tier, decay);
          outputs(what, world, i, 1, y, expected);
          state(what, world, state.recurrent(1, world.cuts.slots()[i]), 1, after);
        }
      }
    }
  }

  /** Queries and keys of zeros have no direction: the state only decays, the output is zero. */
  @Test
  void zeroQueriesAndKeysDoNothing() {
    DeltaShape shape = new DeltaShape(2, 2, 19, 37, false);
    for (String tier : Tiers.names()) {
      Kernels kernels = Tiers.of(tier, workers);
      World world = new World(shape, new Random(SEED + 4));
      try (StateMemory state = world.empty()) {
        world.run(kernels, state, world.cuts.whole());
        float[] before = floats(state, world.cuts.slots()[2]);
        int row = world.cuts.firstRow(2);
        Arrays.fill(world.mixed, row * shape.channels(), row * shape.channels() + 4 * 19, 0);
        Arrays.fill(world.decay, (float) -Math.log(2));
        float[] y = world.run(kernels, state, List.of(List.of(world.cuts.span(2, 0, 1))));
        assertThat(Arrays.copyOfRange(y, row * shape.inner(), (row + 1) * shape.inner()))
            .containsOnly(0);
        float[] after = floats(state, world.cuts.slots()[2]);
        for (int i = 0; i < before.length; i++) {
          assertThat(Math.abs(after[i] - before[i] / 2))
              .as("%s: S[%d]", tier, i)
              .isLessThanOrEqualTo(1e-6f * Math.abs(before[i]));
        }
      }
    }
  }

  /** Lengths whose squares overflow, values near the largest float: nothing becomes NaN. */
  @ParameterizedTest
  @ValueSource(floats = {1e-30f, 1e10f, 1e15f, 1e25f})
  void staysFinite(float size) {
    DeltaShape shape = new DeltaShape(1, 2, 32, 64, false);
    World world = new World(shape, new Random(SEED + 5));
    for (int i = 0; i < world.mixed.length; i++) {
      world.mixed[i] *= size;
    }
    for (String tier : Tiers.names()) {
      try (StateMemory state = world.empty()) {
        for (float y : world.run(Tiers.of(tier, workers), state, world.cuts.whole())) {
          assertThat(y).isFinite();
        }
      }
    }
  }

  /** Rows that no span names stay as they were. */
  @Test
  void writesItsOwnRowsOnly() {
    DeltaShape shape = new DeltaShape(1, 1, 16, 33, false);
    World world = new World(shape, new Random(SEED + 6));
    try (StateMemory state = world.empty()) {
      Span one = world.cuts.span(4, 3, 9);
      float[] y = world.run(vector, state, List.of(List.of(one)));
      for (int i = 0; i < y.length; i++) {
        int row = i / shape.inner();
        assertThat(Float.isNaN(y[i]))
            .as("row %d", row)
            .isEqualTo(row < one.row() || row >= one.row() + one.count());
      }
    }
  }
}
