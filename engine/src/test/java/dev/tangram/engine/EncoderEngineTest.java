package dev.tangram.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tangram.engine.encoder.TinyBert;
import dev.tangram.engine.file.ModelFormatException;
import dev.tangram.schedule.CacheScope;
import dev.tangram.schedule.FinishReason;
import dev.tangram.schedule.Rejection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The encoder's engine on a tiny random BERT whose vectors numpy computed. */
class EncoderEngineTest {
  private static final EngineOptions OPTIONS = EngineOptions.DEFAULT.withThreads(2);

  private static GenerationRequest embedding(int... ids) {
    return GenerationRequest.reading(ids, Readout.EMBEDDING, CacheScope.LOCAL);
  }

  private static Generation submit(Engine engine, int... ids) {
    return switch (engine.submit(embedding(ids))) {
      case Submission.Admitted admitted -> admitted.generation();
      case Submission.Refused refused -> throw new AssertionError(refused.rejection().message());
    };
  }

  private static Generation.Finished end(Generation generation) throws InterruptedException {
    return (Generation.Finished) generation.next();
  }

  @ParameterizedTest
  @ValueSource(strings = {"scalar", "vector"})
  void vectorsAreTheReferences(String tier) throws Exception {
    try (Engine engine = Engine.open(TinyBert.folder(), OPTIONS.withKernels(tier))) {
      assertThat(engine.use()).isEqualTo(ModelUse.EMBED);
      assertThat(engine.card().contextLength()).isEqualTo(32);
      for (TinyBert.Case each : TinyBert.cases("expected.json")) {
        int[] ids = Prompts.embedding(engine, each.text());
        assertThat(ids).as(each.text()).isEqualTo(each.ids());
        Generation.Finished finished = end(submit(engine, ids));
        assertThat(finished.reason()).isEqualTo(FinishReason.STOP);
        assertThat(finished.usage().promptTokens()).isEqualTo(ids.length);
        for (int i = 0; i < each.embedding().length; i++) {
          assertThat(finished.values()[i])
              .as("%s[%d]", each.text(), i)
              .isCloseTo(each.embedding()[i], within(2e-6f));
        }
      }
    }
  }

  @Test
  void neighboursDoNotChangeABit() throws Exception {
    Random random = new Random(5);
    try (Engine engine = Engine.open(TinyBert.folder(), OPTIONS)) {
      List<int[]> texts = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        texts.add(random.ints(1 + random.nextInt(32), 0, 300).toArray());
      }
      List<float[]> alone = new ArrayList<>();
      for (int[] text : texts) {
        alone.add(end(submit(engine, text)).values());
      }
      long steps = engine.stats().steps();
      List<Generation> together = texts.stream().map(t -> submit(engine, t)).toList();
      for (int i = 0; i < texts.size(); i++) {
        assertThat(end(together.get(i)).values()).isEqualTo(alone.get(i));
      }
      assertThat(engine.stats().steps() - steps).isLessThan(texts.size());
    }
  }

  @Test
  void aTextThatIsTooLongIsRefusedWithTheLimit() {
    try (Engine engine = Engine.open(TinyBert.folder(), OPTIONS)) {
      assertThat(engine.submit(embedding(new int[33])))
          .isInstanceOfSatisfying(
              Submission.Refused.class,
              r -> assertThat(r.rejection()).isEqualTo(new Rejection.PromptTooLong(33, 0, 32)));
      int[] shortened = Prompts.truncated(engine, new int[33], 32);
      assertThat(shortened).hasSize(32).endsWith(engine.tokenizer().get().appended().orElseThrow());
    }
  }

  @Test
  void requestsForTextAndIdsOutsideTheVocabularyAreRefused() {
    try (Engine engine = Engine.open(TinyBert.folder(), OPTIONS)) {
      assertThatThrownBy(() -> engine.submit(GenerationRequest.greedy(new int[] {1}, 4)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("an embedding model, it cannot make text");
      assertThatThrownBy(() -> engine.submit(embedding(1, 1 << 20)))
          .hasMessageContaining("prompt[1]");
    }
  }

  @Test
  void theLineIsBoundedAndItsTextsCanBeCancelled() throws Exception {
    try (Engine engine = Engine.open(TinyBert.folder(), OPTIONS.withWaitingMax(3))) {
      List<Generation> admitted = new ArrayList<>();
      Submission last = engine.submit(embedding(1, 2, 3));
      for (int i = 0; i < 100_000 && last instanceof Submission.Admitted(Generation g); i++) {
        admitted.add(g);
        last = engine.submit(embedding(new int[32]));
      }
      assertThat(last)
          .isInstanceOfSatisfying(
              Submission.Refused.class,
              r -> assertThat(r.rejection()).isInstanceOf(Rejection.QueueFull.class));
      admitted.forEach(Generation::cancel);
      for (Generation generation : admitted) {
        assertThat(end(generation).reason()).isIn(FinishReason.CANCELLED, FinishReason.STOP);
      }
      assertThat(end(submit(engine, 5, 6)).reason()).isEqualTo(FinishReason.STOP);
      assertThat(engine.stats().waiting()).isZero();
      assertThat(engine.stats().running()).isZero();
    }
  }

  @Test
  void drainServesWhatWaitsAndRefusesWhatComes() throws Exception {
    try (Engine engine = Engine.open(TinyBert.folder(), OPTIONS)) {
      List<Generation> waiting = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        waiting.add(submit(engine, new int[32]));
      }
      assertThat(engine.drain(Duration.ofSeconds(20))).isTrue();
      for (Generation generation : waiting) {
        assertThat(end(generation).reason()).isEqualTo(FinishReason.STOP);
      }
      assertThat(engine.submit(embedding(1)))
          .isEqualTo(new Submission.Refused(new Rejection.Draining()));
    }
  }

  @Test
  void closingEndsWhatRuns() throws Exception {
    Engine engine = Engine.open(TinyBert.folder(), OPTIONS);
    List<Generation> all = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      all.add(submit(engine, new int[32]));
    }
    engine.close();
    for (Generation generation : all) {
      assertThat(end(generation).reason()).isIn(FinishReason.CANCELLED, FinishReason.STOP);
    }
  }

  @Test
  void spoiledFoldersAreRefusedByFileAndField(@TempDir Path temp) throws Exception {
    refused(temp, "config.json", "\"gelu\"", "\"silu\"", "hidden_act");
    refused(temp, "config.json", "\"hidden_size\": 48", "\"hidden_size\": 52", "word_embeddings");
    refused(
        temp, "config.json", "\"num_attention_heads\": 4", "\"num_attention_heads\": 5", "heads");
    refused(temp, "config.json", "\"num_hidden_layers\": 2", "\"num_hidden_layers\": 1", "layer.1");
    refused(temp, "config.json", "\"num_hidden_layers\": 2", "\"num_hidden_layers\": 3", "layer.2");
    refused(temp, "modules.json", "models.Normalize", "models.Dense", "Normalize");
    refused(temp, "modules.json", "1_Pooling", "../x", "path");
    refused(
        temp,
        "1_Pooling/config.json",
        "\"pooling_mode_max_tokens\": false",
        "\"pooling_mode_max_tokens\": true",
        "pooling_mode");
  }

  @Test
  void weightsThatAreNotFiniteAreRefused(@TempDir Path temp) throws Exception {
    Path file = TinyBert.copy(temp.resolve("nan")).resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2 + 3 - bytes.length / 2 % 4] = (byte) 0x7F;
    bytes[bytes.length / 2 + 2 - bytes.length / 2 % 4] = (byte) 0xC0;
    Files.write(file, bytes);
    assertThatThrownBy(() -> Engine.open(file.getParent(), OPTIONS))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("not finite");
  }

  private static void refused(Path temp, String name, String from, String to, String field)
      throws Exception {
    Path folder = TinyBert.copy(Files.createTempDirectory(temp, "spoiled"));
    String text = Files.readString(folder.resolve(name));
    assertThat(text).contains(from);
    Files.writeString(folder.resolve(name), text.replace(from, to));
    assertThatThrownBy(() -> Engine.open(folder, OPTIONS))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining(field)
        .hasMessageContaining(folder.toString());
  }
}
