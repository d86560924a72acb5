package dev.tangram.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tangram.engine.file.ModelFormatException;
import dev.tangram.engine.file.gguf.GgufFile;
import dev.tangram.engine.model.Altered;
import dev.tangram.engine.model.Golden;
import dev.tangram.schedule.CacheScope;
import dev.tangram.schedule.FinishReason;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a decoder says of a prompt instead of going on with it. */
class ReadoutTest {
  private static final Golden QWEN3 = Golden.load("qwen3");
  private static final EngineOptions OPTIONS =
      EngineOptions.DEFAULT.withThreads(2).withStepTokensMax(32);

  @TempDir Path folder;

  private Path embedding(int pooling) throws Exception {
    try (GgufFile file =
        new Altered("qwen3")
            .pairs(out -> out.integer("qwen3.pooling_type", pooling))
            .write(folder)) {
      return file.path();
    }
  }

  private static Generation.Finished read(Engine engine, int[] prompt, Readout readout)
      throws InterruptedException {
    return end(submit(engine, prompt, readout));
  }

  private static Generation submit(Engine engine, int[] prompt, Readout readout) {
    GenerationRequest request = GenerationRequest.reading(prompt, readout, CacheScope.LOCAL);
    return ((Submission.Admitted) engine.submit(request)).generation();
  }

  private static Generation.Finished end(Generation generation) throws InterruptedException {
    return (Generation.Finished) generation.next();
  }

  /** The output matrix turns the hidden state into the reference's logits, up to its length. */
  @Test
  void theEmbeddingIsTheLastHiddenStateOfLengthOne() throws Exception {
    Path file = embedding(3);
    try (Engine engine = Engine.open(file, OPTIONS)) {
      assertThat(engine.use()).isEqualTo(ModelUse.EMBED);
      Generation.Finished finished = read(engine, QWEN3.ids(), Readout.EMBEDDING);
      assertThat(finished.reason()).isEqualTo(FinishReason.STOP);
      assertThat(finished.usage().promptTokens()).isEqualTo(QWEN3.ids().length);
      assertThat(finished.usage().completionTokens()).isZero();
      float[] vector = finished.values();
      assertThat(vector).hasSize(engine.card().shape().width());
      assertThat(dot(vector, 0, vector)).isCloseTo(1, within(1e-6));
      float[] logits = QWEN3.logits().get(QWEN3.ids().length - 1);
      float[] made = multiply(file, vector, logits.length);
      double cosine = dot(made, 0, logits) / Math.sqrt(dot(made, 0, made) * dot(logits, 0, logits));
      assertThat(cosine).isCloseTo(1, within(1e-6));
    }
  }

  /** Qwen3-Embedding's form: a decoder's tensors without prefix and head, beside modules.json. */
  @Test
  void aFolderOfSentenceTransformersIsTheSameModel() throws Exception {
    float[] expected;
    try (Engine engine = Engine.open(embedding(3), OPTIONS)) {
      expected = read(engine, QWEN3.ids(), Readout.EMBEDDING).values();
    }
    Path golden = QWEN3.file().getParent();
    Path folder =
        Files.createDirectories(this.folder.resolve("qwen3-embedding/1_Pooling")).getParent();
    Files.copy(golden.resolve("config.json"), folder.resolve("config.json"));
    Files.write(
        folder.resolve("model.safetensors"),
        withoutPrefix(Files.readAllBytes(golden.resolve("model.safetensors"))));
    Files.writeString(
        folder.resolve("modules.json"),
        """
        [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
         {"idx": 1, "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
         {"idx": 2, "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"}]
        """);
    Path pooling = folder.resolve("1_Pooling/config.json");
    Files.writeString(pooling, "{\"pooling_mode_lasttoken\": true}");
    try (Engine engine = Engine.open(folder, OPTIONS)) {
      assertThat(engine.use()).isEqualTo(ModelUse.EMBED);
      float[] found = read(engine, QWEN3.ids(), Readout.EMBEDDING).values();
      assertThat(dot(found, 0, expected)).isCloseTo(1, within(1e-6));
    }
    Files.writeString(pooling, "{\"pooling_mode_mean_tokens\": true}");
    assertThatThrownBy(() -> Engine.open(folder, OPTIONS))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("modules.json: pooling: found MEAN");
  }

  /** The header keeps its length: what the names lose, spaces at its end take. */
  private static byte[] withoutPrefix(byte[] bytes) {
    int length = (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    String header = new String(bytes, 8, length, StandardCharsets.UTF_8);
    String shorter = header.replace("\"model.", "\"");
    assertThat(shorter).isNotEqualTo(header);
    byte[] padded =
        (shorter + " ".repeat(length - shorter.length())).getBytes(StandardCharsets.UTF_8);
    byte[] result = bytes.clone();
    System.arraycopy(padded, 0, result, 8, length);
    return result;
  }

  private static float[] multiply(Path path, float[] x, int rows) {
    try (GgufFile file = GgufFile.open(path)) {
      var tensor = file.tensors().get("output.weight");
      tensor = tensor == null ? file.tensors().get("token_embd.weight") : tensor;
      float[] w = file.data(tensor).toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
      float[] y = new float[rows];
      for (int n = 0; n < rows; n++) {
        y[n] = (float) dot(w, n * x.length, x);
      }
      return y;
    }
  }

  private static double dot(float[] a, int at, float[] b) {
    double sum = 0;
    for (int i = 0; i < b.length; i++) {
      sum += (double) a[at + i] * b[i];
    }
    return sum;
  }

  @Test
  void neitherNeighboursNorTheCacheNorTheStepsChangeIt() throws Exception {
    Path file = embedding(3);
    float[] alone;
    try (Engine engine = Engine.open(file, OPTIONS.withStepTokensMax(256))) {
      alone = read(engine, QWEN3.ids(), Readout.EMBEDDING).values();
    }
    try (Engine engine = Engine.open(file, OPTIONS)) {
      List<Generation> all = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        all.add(submit(engine, QWEN3.ids(), Readout.EMBEDDING));
        int[] other = Arrays.copyOf(QWEN3.ids(), 5 + 9 * i);
        all.add(submit(engine, other, Readout.EMBEDDING));
      }
      for (int i = 0; i < all.size(); i += 2) {
        assertThat(end(all.get(i)).values()).isEqualTo(alone);
        end(all.get(i + 1));
      }
      Generation.Finished cached = read(engine, QWEN3.ids(), Readout.EMBEDDING);
      assertThat(cached.usage().cachedTokens()).isPositive();
      assertThat(cached.values()).isEqualTo(alone);
      assertThat(engine.stats().blocksHeld()).isZero();
    }
  }

  @Test
  void logitsOfSomeTokensAreTheReferences() throws Exception {
    try (Engine engine = Engine.open(QWEN3.file(), OPTIONS)) {
      assertThat(engine.use()).isEqualTo(ModelUse.GENERATE);
      float[] logits = QWEN3.logits().get(QWEN3.ids().length - 1);
      float[] found = read(engine, QWEN3.ids(), new Readout.Logits(7, 0, 41)).values();
      assertThat(found[0]).isCloseTo(logits[7], within(1e-3f));
      assertThat(found[1]).isCloseTo(logits[0], within(1e-3f));
      assertThat(found[2]).isCloseTo(logits[41], within(1e-3f));
    }
  }

  @Test
  void textsAndReadingsShareASteps() throws Exception {
    try (Engine engine = Engine.open(QWEN3.file(), OPTIONS)) {
      float[] alone = read(engine, QWEN3.ids(), new Readout.Logits(3, 4)).values();
      Generation text =
          ((Submission.Admitted) engine.submit(GenerationRequest.greedy(QWEN3.greedyPrompt(), 12)))
              .generation();
      float[] beside = read(engine, QWEN3.ids(), new Readout.Logits(3, 4)).values();
      List<Integer> tokens = new ArrayList<>();
      Generation.Event event = text.next();
      while (event instanceof Generation.Delta delta) {
        tokens.add(delta.token());
        event = text.next();
      }
      assertThat(beside).isEqualTo(alone);
      assertThat(tokens).hasSize(12);
      for (int i = 0; i < 12; i++) {
        assertThat(tokens.get(i)).isEqualTo(QWEN3.greedyTokens()[i]);
      }
    }
  }

  @Test
  void whatAModelIsNotForIsRefused() throws Exception {
    try (Engine engine = Engine.open(QWEN3.file(), OPTIONS)) {
      assertThatThrownBy(() -> submit(engine, new int[] {1}, Readout.EMBEDDING))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("a text generation model, it cannot embed");
      assertThatThrownBy(() -> submit(engine, new int[] {1}, new Readout.Logits(1 << 22)))
          .hasMessageContaining("readout[0]");
    }
    try (Engine engine = Engine.open(embedding(3), OPTIONS)) {
      assertThatThrownBy(() -> engine.submit(GenerationRequest.greedy(new int[] {1}, 1)))
          .hasMessageContaining("an embedding model, it cannot make text");
    }
    Path mean = embedding(1);
    assertThatThrownBy(() -> Engine.open(mean, OPTIONS))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("qwen3.pooling_type: found 1");
  }
}
