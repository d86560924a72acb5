package dev.tangram.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tangram.engine.file.ModelFile;
import dev.tangram.engine.file.gguf.GgufFile;
import dev.tangram.engine.sample.Logits;
import dev.tangram.kernel.KvMemory;
import dev.tangram.kernel.Selection;
import dev.tangram.kernel.Span;
import dev.tangram.kernel.StateMemory;
import dev.tangram.kernel.Workers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each architecture against transformers' logits, whole and in pieces, on every kernel tier. Run
 * once more for each narrower register width: {@code tangram.widthBits} then says which one the
 * vector tier must have.
 */
@Tag("width")
class ModelGoldenTest {
  private static final int STEP_TOKENS_MAX = 128;

  /** Blocks of one sequence. */
  private static final int BLOCKS = 8;

  private static final Integer WIDTH_BITS = Integer.getInteger("tangram.widthBits");

  private final Workers workers = new Workers(2);

  @AfterEach
  void closeWorkers() {
    workers.close();
  }

  static Stream<Arguments> models() {
    boolean machine =
        (System.getProperty("os.name") + System.getProperty("os.arch")).equals("Linuxamd64");
    List<String> all =
        machine ? List.of("scalar", "vector", "machine") : List.of("scalar", "vector");
    List<String> tiers = WIDTH_BITS == null ? all : List.of("vector");
    return Stream.of(Golden.NAMES)
        .flatMap(name -> tiers.stream().map(tier -> Arguments.of(name, tier)));
  }

  /** A model, KV and state memory, and logits of every row that runs. */
  private final class Run implements AutoCloseable {
    final Model model;
    final KvMemory kv;
    final StateMemory state;
    final int vocabulary;
    final float[] logits;

    Run(Golden golden, String tier) {
      Selection selection = Selection.choose(tier, workers);
      assertThat(selection.kernels().tier()).isEqualTo(tier);
      if (WIDTH_BITS != null) {
        assertThat(selection.kernels().widthBits()).isEqualTo(WIDTH_BITS);
      }
      try (ModelFile file = GgufFile.open(golden.file())) {
        model = Models.open(file, selection.kernels(), STEP_TOKENS_MAX, STEP_TOKENS_MAX);
      }
      Shape shape = model.shape();
      vocabulary = shape.vocabulary();
      kv = shape.kvMemory(4 * BLOCKS);
      state = shape.stateMemory(4);
      logits = new float[STEP_TOKENS_MAX * vocabulary];
    }

    /** Rows of logits of {@code ids} at {@code position} of one of four sequences. */
    float[][] step(int[] ids, int position, int sequence) {
      return step(ids, List.of(span(0, ids.length, position, sequence)));
    }

    float[][] step(int[] ids, List<Span> spans) {
      for (Span span : spans) {
        if (state != null && span.position() == 0) {
          state.clear(span.slot());
        }
      }
      model.forward(
          new Batch(ids, spans, IntStream.range(0, ids.length).toArray()), kv, state, logits, null);
      float[][] rows = new float[ids.length][];
      for (int i = 0; i < ids.length; i++) {
        rows[i] = Arrays.copyOfRange(logits, i * vocabulary, (i + 1) * vocabulary);
      }
      return rows;
    }

    static Span span(int row, int count, int position, int sequence) {
      int[] blocks = IntStream.range(BLOCKS * sequence, BLOCKS * (sequence + 1)).toArray();
      return new Span(row, count, position, blocks, sequence);
    }

    @Override
    public void close() {
      kv.close();
      if (state != null) {
        state.close();
      }
      model.close();
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void logitsAreThoseOfTheReference(String name, String tier) {
    Golden golden = Golden.load(name);
    try (Run run = new Run(golden, tier)) {
      float[][] rows = run.step(golden.ids(), 0, 0);
      for (Map.Entry<Integer, float[]> expected : golden.logits().entrySet()) {
        assertThat(rows[expected.getKey()])
            .as("%s %s position %d", name, tier, expected.getKey())
            .containsExactly(expected.getValue(), within(Golden.tolerance(name)));
      }
      for (int i = 0; i < rows.length; i++) {
        assertThat(Logits.best(rows[i], 0, run.vocabulary))
            .as("argmax at %d", i)
            .isEqualTo(golden.argmax()[i]);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void piecesGiveExactlyWhatTheWholeGives(String name, String tier) {
    Golden golden = Golden.load(name);
    try (Run run = new Run(golden, tier)) {
      float[][] whole = run.step(golden.ids(), 0, 0);
      for (int piece : new int[] {1, 7, 16, 33, 64}) {
        List<float[]> rows = new ArrayList<>();
        for (int from = 0; from < golden.ids().length; from += piece) {
          int to = Math.min(from + piece, golden.ids().length);
          rows.addAll(List.of(run.step(Arrays.copyOfRange(golden.ids(), from, to), from, 1)));
        }
        for (int i = 0; i < whole.length; i++) {
          assertThat(rows.get(i))
              .as("%s %s pieces of %d, position %d", name, tier, piece, i)
              .isEqualTo(whole[i]);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void aNeighbourInTheBatchChangesNothing(String name, String tier) {
    Golden golden = Golden.load(name);
    int[] mine = Arrays.copyOf(golden.ids(), 20);
    int[] other = Arrays.copyOfRange(golden.ids(), 30, 67);
    try (Run run = new Run(golden, tier)) {
      float[][] alone = run.step(mine, 0, 0);
      int[] both = IntStream.concat(Arrays.stream(other), Arrays.stream(mine)).toArray();
      float[][] together = run.step(both, List.of(Run.span(0, 37, 0, 1), Run.span(37, 20, 0, 2)));
      for (int i = 0; i < alone.length; i++) {
        assertThat(together[37 + i]).as("position %d", i).isEqualTo(alone[i]);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void decodingBesideAPrefillChangesNothing(String name, String tier) {
    Golden golden = Golden.load(name);
    int[] mine = Arrays.copyOf(golden.ids(), 30);
    int[] other = Arrays.copyOfRange(golden.ids(), 20, 67);
    try (Run run = new Run(golden, tier)) {
      float[][] mineAlone = run.step(mine, 0, 0);
      float[][] otherAlone = run.step(other, 0, 1);
      run.step(Arrays.copyOf(mine, 25), 0, 2);
      // Five steps: one token of mine each, and the other's prompt in uneven pieces before it.
      int[] cuts = {0, 3, 20, 21, 37, 47};
      for (int i = 0; i < 5; i++) {
        int count = cuts[i + 1] - cuts[i];
        int[] ids = Arrays.copyOf(Arrays.copyOfRange(other, cuts[i], cuts[i + 1]), count + 1);
        ids[count] = mine[25 + i];
        float[][] rows =
            run.step(ids, List.of(Run.span(0, count, cuts[i], 3), Run.span(count, 1, 25 + i, 2)));
        for (int j = 0; j < count; j++) {
          assertThat(rows[j])
              .as("other, position %d", cuts[i] + j)
              .isEqualTo(otherAlone[cuts[i] + j]);
        }
        assertThat(rows[count]).as("mine, position %d", 25 + i).isEqualTo(mineAlone[25 + i]);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void greedyTokensAreThoseOfTheReference(String name, String tier) {
    Golden golden = Golden.load(name);
    try (Run run = new Run(golden, tier)) {
      float[][] rows = run.step(golden.greedyPrompt(), 0, 0);
      float[] last = rows[rows.length - 1];
      for (int i = 0; i < golden.greedyTokens().length; i++) {
        int best = Logits.best(last, 0, run.vocabulary);
        if (golden.greedyMargins()[i] > 2 * Golden.tolerance(name)) {
          assertThat(best).as("%s %s token %d", name, tier, i).isEqualTo(golden.greedyTokens()[i]);
        }
        last =
            run.step(new int[] {golden.greedyTokens()[i]}, golden.greedyPrompt().length + i, 0)[0];
      }
    }
  }
}
