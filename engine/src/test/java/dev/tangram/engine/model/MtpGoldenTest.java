package dev.tangram.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tangram.engine.file.ModelFile;
import dev.tangram.engine.file.gguf.GgufFile;
import dev.tangram.engine.sample.Logits;
import dev.tangram.kernel.KvMemory;
import dev.tangram.kernel.Selection;
import dev.tangram.kernel.Span;
import dev.tangram.kernel.StateMemory;
import dev.tangram.kernel.Workers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** MTP heads against transformers' modules: all pairs of a prompt, then a draft after a draft. */
@Tag("width")
class MtpGoldenTest {
  /** The reference rounds to f32 too: a spread of 2e-4 was seen against f64. */
  private static final float TOLERANCE = 5e-4f;

  private static final int TOKENS_MAX = 32;
  private static final int[] BLOCKS = {0, 1};

  private final Workers workers = new Workers(2);

  @TempDir private Path folder;

  @AfterEach
  void closeWorkers() {
    workers.close();
  }

  static Stream<Arguments> models() {
    List<String> tiers =
        Integer.getInteger("tangram.widthBits") == null
            ? List.of("scalar", "vector")
            : List.of("vector");
    return Stream.of("qwen3next-mtp", "qwen35-mtp")
        .flatMap(name -> tiers.stream().map(tier -> Arguments.of(name, tier)));
  }

  private record Expected(
      int[] prompt,
      int nextToken,
      int[] pairTokens,
      float[] first,
      float[] last,
      int draft,
      int chained,
      float[] chainedLogits) {
    static Expected load(String name) {
      try (InputStream in =
          MtpGoldenTest.class.getResourceAsStream("/golden/" + name + "/expected.json")) {
        JsonNode json = new ObjectMapper().readTree(in);
        return new Expected(
            Golden.ints(json.get("prompt")),
            json.get("next_token").asInt(),
            Golden.ints(json.get("mtp_input_tokens")),
            Golden.floats(json.get("mtp_logits_pos0")),
            Golden.floats(json.get("mtp_logits_last")),
            json.get("draft1").asInt(),
            json.get("draft2_chained").asInt(),
            Golden.floats(json.get("draft2_logits")));
      } catch (IOException e) {
        throw new IllegalStateException("golden model " + name, e);
      }
    }
  }

  /** A model, its memories, and one sequence in them. */
  private final class Run implements AutoCloseable {
    final Model model;
    final KvMemory kv;
    final StateMemory state;
    final int width;
    final int vocabulary;

    Run(ModelFile file, String tier) {
      model = Models.open(file, Selection.choose(tier, workers).kernels(), TOKENS_MAX, TOKENS_MAX);
      kv = model.shape().kvMemory(BLOCKS.length);
      state = model.shape().stateMemory(1);
      state.clear(0);
      width = model.shape().width();
      vocabulary = model.shape().vocabulary();
    }

    /** Runs the decoder over a whole prompt. */
    void decode(int[] ids, float[] logits, float[] hidden) {
      Span span = new Span(0, ids.length, 0, BLOCKS, 0);
      model.forward(new Batch(ids, List.of(span), rows(ids.length)), kv, state, logits, hidden);
    }

    /** Runs the head over pairs from {@code position} on; hidden becomes the head's own. */
    float[][] draft(int[] tokens, int position, float[] hidden) {
      float[] logits = new float[tokens.length * vocabulary];
      Span span = new Span(0, tokens.length, position, BLOCKS);
      model
          .draft()
          .orElseThrow()
          .forward(
              new Batch(tokens, List.of(span), rows(tokens.length)), hidden, kv, logits, hidden);
      float[][] rows = new float[tokens.length][];
      for (int i = 0; i < rows.length; i++) {
        rows[i] = Arrays.copyOfRange(logits, i * vocabulary, (i + 1) * vocabulary);
      }
      return rows;
    }

    static int[] rows(int count) {
      return IntStream.range(0, count).toArray();
    }

    @Override
    public void close() {
      kv.close();
      state.close();
      model.close();
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void draftsAreThoseOfTheReference(String name, String tier) {
    Expected expected = Expected.load(name);
    int count = expected.prompt.length;
    try (ModelFile file = GgufFile.open(Golden.file(name));
        Run run = new Run(file, tier)) {
      float[] logits = new float[count * run.vocabulary];
      float[] hidden = new float[count * run.width];
      run.decode(expected.prompt, logits, hidden);
      assertThat(Logits.best(logits, (count - 1) * run.vocabulary, run.vocabulary))
          .isEqualTo(expected.nextToken);

      float[][] rows = run.draft(expected.pairTokens, 0, hidden);
      assertThat(rows[0]).containsExactly(expected.first, within(TOLERANCE));
      assertThat(rows[count - 1]).containsExactly(expected.last, within(TOLERANCE));
      assertThat(Logits.best(rows[count - 1], 0, run.vocabulary)).isEqualTo(expected.draft);

      float[] own = Arrays.copyOfRange(hidden, (count - 1) * run.width, count * run.width);
      float[] chained = run.draft(new int[] {expected.draft}, count, own)[0];
      assertThat(chained).containsExactly(expected.chainedLogits, within(TOLERANCE));
      assertThat(Logits.best(chained, 0, run.vocabulary)).isEqualTo(expected.chained);
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void piecesGiveExactlyWhatTheWholeGives(String name, String tier) {
    Expected expected = Expected.load(name);
    int count = expected.prompt.length;
    try (ModelFile file = GgufFile.open(Golden.file(name));
        Run run = new Run(file, tier)) {
      float[] hidden = new float[count * run.width];
      run.decode(expected.prompt, null, hidden);
      float[][] whole = run.draft(expected.pairTokens, 0, hidden.clone());
      for (int piece : new int[] {1, 3, 7}) {
        List<float[]> rows = new ArrayList<>();
        for (int from = 0; from < count; from += piece) {
          int to = Math.min(from + piece, count);
          float[] part = Arrays.copyOfRange(hidden, from * run.width, to * run.width);
          rows.addAll(
              List.of(run.draft(Arrays.copyOfRange(expected.pairTokens, from, to), from, part)));
        }
        for (int i = 0; i < count; i++) {
          assertThat(rows.get(i)).as("pieces of %d, pair %d", piece, i).isEqualTo(whole[i]);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void theDecoderIsTheSameWithoutItsHead(String name, String tier) throws IOException {
    int[] prompt = Expected.load(name).prompt;
    String architecture = name.replace("-mtp", "");
    Altered altered =
        new Altered(name)
            .withoutAll("blk.4.")
            .pairs(p -> p.integer(architecture + ".block_count", 4))
            .pairs(p -> p.integer(architecture + ".nextn_predict_layers", 0));
    try (ModelFile file = GgufFile.open(Golden.file(name));
        Run run = new Run(file, tier);
        ModelFile less = altered.write(folder);
        Run without = new Run(less, tier)) {
      float[] logits = new float[prompt.length * run.vocabulary];
      run.decode(prompt, logits, null);
      float[] others = new float[logits.length];
      without.decode(prompt, others, null);
      assertThat(without.model.draft()).isEmpty();
      assertThat(others).isEqualTo(logits);
    }
  }
}
