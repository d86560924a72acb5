package dev.tangram.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The short convolution and the inputs it remembers: against the formula, whole and in pieces. */
@Tag("width")
class ConvolvePropertyTest {
  private static final long SEED = Weights.seed(ConvolvePropertyTest.class);
  private static final int[] LENGTHS = {1, 2, 3, 4, 5, 9, 30};
  private static final int SLOTS = 8;

  private final Workers workers = new Workers(2);
  private final Kernels vector = Tiers.of("vector", workers);

  @AfterEach
  void closeWorkers() {
    workers.close();
  }

  private static final class World {
    final int channels;
    final int taps;
    final Cuts cuts;
    final float[] weight;
    final float[] u;

    World(int channels, int taps, Random random) {
      this.channels = channels;
      this.taps = taps;
      cuts = Cuts.of(LENGTHS, SLOTS, random);
      weight = Weights.numbers(taps * channels, random);
      u = Weights.numbers(cuts.tokens() * channels, random);
    }

    StateMemory empty() {
      StateMemory state = new StateMemory(2, SLOTS, (long) (taps - 1) * channels, 2);
      for (int slot = 0; slot < SLOTS; slot++) {
        state.clear(slot);
      }
      return state;
    }

    float[] run(Kernels kernels, StateMemory state, List<List<Span>> steps) {
      float[] y = new float[u.length];
      Arrays.fill(y, Float.NaN);
      for (List<Span> spans : steps) {
        kernels.convolve(state, 1, spans, channels, weight, u, y);
      }
      return y;
    }

    double expected(int sequence, int t, int channel) {
      double sum = 0;
      for (int j = 0; j < taps; j++) {
        int from = t - taps + 1 + j;
        if (from >= 0) {
          sum +=
              (double) weight[j * channels + channel]
                  * u[(cuts.firstRow(sequence) + from) * channels + channel];
        }
      }
      return sum / (1 + Math.exp(-sum));
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 4", "7, 4", "16, 2", "31, 3", "96, 4", "513, 4", "2500, 4", "40, 1", "20, 9"})
  void agreesWithTheFormulaAndWithItselfInPieces(int channels, int taps) {
    Random random = new Random(SEED);
    World world = new World(channels, taps, random);
    for (String tier : Tiers.names()) {
      Kernels kernels = Tiers.of(tier, workers);
      try (StateMemory state = world.empty();
          StateMemory pieces = world.empty();
          StateMemory singles = world.empty()) {
        float[] y = world.run(kernels, state, world.cuts.whole());
        for (int i = 0; i < LENGTHS.length; i++) {
          for (int t = 0; t < LENGTHS[i]; t++) {
            for (int c = 0; c < channels; c++) {
              int at = (world.cuts.firstRow(i) + t) * channels + c;
              double expected = world.expected(i, t, c);
              if (!(Math.abs(y[at] - expected) <= (8 + taps) * 0x1p-24 * 20)) {
                fail("%s, sequence %d, y[%d, %d] %s for %s", tier, i, t, c, y[at], expected);
              }
            }
          }
        }
        assertThat(world.run(kernels, pieces, world.cuts.inPieces(7, random)))
            .as("%s, in pieces", tier)
            .isEqualTo(y);
        assertThat(world.run(kernels, singles, world.cuts.oneByOne()))
            .as("%s, a token a step", tier)
            .isEqualTo(y);
        for (StateMemory each : List.of(state, pieces, singles)) {
          remembersItsLastInputs(world, each);
        }
      }
    }
  }

  private static void remembersItsLastInputs(World world, StateMemory state) {
    int before = world.taps - 1;
    for (int i = 0; i < LENGTHS.length; i++) {
      float[] past = state.convolution(1, world.cuts.slots()[i]).toArray(ValueLayout.JAVA_FLOAT);
      for (int j = 0; j < before; j++) {
        int t = LENGTHS[i] - before + j;
        float[] expected = new float[world.channels];
        if (t >= 0) {
          System.arraycopy(
              world.u, (world.cuts.firstRow(i) + t) * world.channels, expected, 0, world.channels);
        }
        assertThat(Arrays.copyOfRange(past, j * world.channels, (j + 1) * world.channels))
            .as("sequence %d, input %d", i, t)
            .isEqualTo(expected);
      }
      assertThat(state.convolution(0, i).toArray(ValueLayout.JAVA_FLOAT))
          .as("another layer")
          .containsOnly(zeros(before));
      assertThat(state.recurrent(1, i).toArray(ValueLayout.JAVA_FLOAT)).containsOnly(0);
    }
  }

  /** What an array without elements contains is nothing. */
  private static float[] zeros(int before) {
    return before == 0 ? new float[0] : new float[1];
  }

  /** By hand, so that formula and kernel cannot be wrong together. */
  @Test
  void byHand() {
    for (String tier : Tiers.names()) {
      try (StateMemory state = new StateMemory(1, 1, 2, 1)) {
        state.clear(0);
        float[] weight = {100, 10, 1};
        float[] y = new float[3];
        Span span = new Span(0, 3, 0, new int[0], 0);
        float[] u = {1, 2, 3};
        Tiers.of(tier, workers).convolve(state, 0, List.of(span), 1, weight, u, y);
        assertThat(y[0]).isCloseTo((float) (1 / (1 + Math.exp(-1))), within(1e-6f));
        assertThat(y[1]).isCloseTo(12, within(1e-3f));
        assertThat(y[2]).isEqualTo(123);
        assertThat(state.convolution(0, 0).toArray(ValueLayout.JAVA_FLOAT)).containsExactly(2, 3);
      }
    }
  }

  @Test
  void aSequenceDoesNotSeeItsNeighbours() {
    World world = new World(1000, 4, new Random(SEED + 1));
    try (StateMemory healthy = world.empty();
        StateMemory ill = world.empty()) {
      float[] expected = world.run(vector, healthy, world.cuts.whole());
      int from = world.cuts.firstRow(3) * 1000;
      int to = world.cuts.firstRow(4) * 1000;
      Arrays.fill(world.u, from, to, Float.NaN);
      float[] y = world.run(vector, ill, world.cuts.whole());
      Arrays.fill(expected, from, to, Float.NaN);
      assertThat(y).isEqualTo(expected);
    }
  }
}
