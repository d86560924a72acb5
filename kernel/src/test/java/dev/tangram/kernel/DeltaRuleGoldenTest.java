package dev.tangram.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Numbers worked out elsewhere, in double, from the formulas of Gated DeltaNet. */
class DeltaRuleGoldenTest {
  private final Workers workers = new Workers(1);

  @AfterEach
  void closeWorkers() {
    workers.close();
  }

  static Stream<String> tiers() {
    return Tiers.names().stream();
  }

  /** Two tokens, one head of 2 x 2, from a state that is not zero. */
  @ParameterizedTest
  @MethodSource("tiers")
  void twoTokens(String tier) {
    Kernels kernels = Tiers.of(tier, workers);
    DeltaShape shape = new DeltaShape(1, 1, 2, 2, false);
    float[] mixed = {1, 0, .6f, .8f, 1, 2, .6f, .8f, 0, 1, 3, -1};
    float[] decay = {-.1f, -.2f};
    float[] beta = {.5f, .9f};
    float[] y = new float[4];
    try (StateMemory state = new StateMemory(1, 1, 0, shape.recurrent())) {
      state.clear(0);
      MemorySegment s = state.recurrent(0, 0);
      float[][] before = {{.1f, .2f}, {.3f, .4f}};
      for (int key = 0; key < 2; key++) {
        for (int value = 0; value < 2; value++) {
          s.setAtIndex(ValueLayout.JAVA_FLOAT, shape.index(0, key, value), before[key][value]);
        }
      }
      Span span = new Span(0, 2, 0, new int[0], 0);
      kernels.deltaRule(state, 0, List.of(span), shape, mixed, decay, beta, y);
      // The lengths of q and k are 1, but 1e-6 stands under the root.
      assertThat(y)
          .containsExactly(
              new float[] {.2185302f, .4677716f, 1.6607701f, -.2328908f}, within(3e-6f));
      float[][] after = {{.2530274f, .5416141f}, {2.746084f, -.8179072f}};
      for (int key = 0; key < 2; key++) {
        for (int value = 0; value < 2; value++) {
          assertThat(s.getAtIndex(ValueLayout.JAVA_FLOAT, shape.index(0, key, value)))
              .isCloseTo(after[key][value], within(5e-6f));
        }
      }
    }
  }

  /** 1e-6 is added to the sum of squares, which only a short vector shows. */
  @ParameterizedTest
  @MethodSource("tiers")
  void lengthsOfShortVectors(String tier) {
    Kernels kernels = Tiers.of(tier, workers);
    DeltaShape shape = new DeltaShape(1, 1, 2, 1, false);
    float[] y = new float[1];
    for (int key = 0; key < 2; key++) {
      try (StateMemory state = new StateMemory(1, 1, 0, shape.recurrent())) {
        state.clear(0);
        MemorySegment s = state.recurrent(0, 0);
        s.setAtIndex(ValueLayout.JAVA_FLOAT, shape.index(0, key, 0), 1);
        float[] mixed = {3e-4f, 4e-4f, 3e-4f, 4e-4f, 1};
        Span span = new Span(0, 1, 0, new int[0], 0);
        List<Span> spans = List.of(span);
        kernels.deltaRule(state, 0, spans, shape, mixed, new float[1], new float[1], y);
        float unit = key == 0 ? .26832816f : .35777088f;
        assertThat(y[0]).isCloseTo((float) (unit / Math.sqrt(2)), within(1e-7f));
        kernels.deltaRule(state, 0, spans, shape, mixed, new float[1], new float[] {1}, y);
        assertThat(s.getAtIndex(ValueLayout.JAVA_FLOAT, shape.index(0, key, 0)))
            .as("S + k (v - S k)")
            .isCloseTo(1 + unit * (1 - unit), within(1e-6f));
      }
    }
  }
}
