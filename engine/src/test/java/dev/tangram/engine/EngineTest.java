package dev.tangram.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tangram.engine.model.Golden;
import dev.tangram.schedule.CacheScope;
import dev.tangram.schedule.FinishReason;
import dev.tangram.schedule.Rejection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * The whole engine on tiny models: what batching, caching, preemption and cancelling must not
 * change.
 */
class EngineTest {
  private static final Golden QWEN3 = Golden.load("qwen3");
  private static final EngineOptions OPTIONS =
      EngineOptions.DEFAULT.withThreads(2).withStepTokensMax(32);

  private static Engine open(EngineOptions options) {
    return Engine.open(QWEN3.file(), options);
  }

  private static GenerationRequest request(int[] prompt, int tokens, float temperature, long seed) {
    SamplingOptions sampling = new SamplingOptions(temperature, 0, 1, 0, 1, 0, 0, Map.of(), seed);
    return new GenerationRequest(
        prompt, tokens, sampling, List.of(), -1, -1, false, CacheScope.LOCAL);
  }

  private static Generation start(Engine engine, GenerationRequest request) {
    return ((Submission.Admitted) engine.submit(request)).generation();
  }

  private record Result(List<Integer> tokens, Generation.Finished finished) {}

  private static Result read(Generation generation) throws InterruptedException {
    List<Integer> tokens = new ArrayList<>();
    while (true) {
      switch (generation.next()) {
        case Generation.Delta delta -> tokens.add(delta.token());
        case Generation.PromptScores _ -> {}
        case Generation.Finished finished -> {
          return new Result(tokens, finished);
        }
      }
    }
  }

  @Test
  void greedyTokensAreThoseOfTheReference() throws InterruptedException {
    try (Engine engine = open(OPTIONS)) {
      Result result = read(start(engine, GenerationRequest.greedy(QWEN3.greedyPrompt(), 12)));
      assertThat(result.tokens())
          .containsExactlyElementsOf(Arrays.stream(QWEN3.greedyTokens()).boxed().toList());
      assertThat(result.finished().reason()).isEqualTo(FinishReason.LENGTH);
      assertThat(result.finished().usage().completionTokens()).isEqualTo(12);
    }
  }

  @Test
  void manyAtOnceGiveWhatEachGivesAlone() throws InterruptedException {
    Random random = new Random(5);
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      int[] prompt = random.ints(1 + random.nextInt(60), 0, 96).toArray();
      requests.add(request(prompt, 1 + random.nextInt(40), i % 2, i));
    }
    List<List<Integer>> alone = new ArrayList<>();
    for (GenerationRequest request : requests) {
      try (Engine engine = open(OPTIONS)) {
        alone.add(read(start(engine, request)).tokens());
      }
    }
    // So few blocks that sequences have to give way to each other: 20 blocks of 16 for 24 sequences
    // of up to 100.
    try (Engine engine = open(OPTIONS.withContextLength(112).withKvCacheBytes(20 * blockBytes()))) {
      List<Generation> generations = requests.stream().map(r -> start(engine, r)).toList();
      for (int i = 0; i < generations.size(); i++) {
        assertThat(read(generations.get(i)).tokens()).as("request %d", i).isEqualTo(alone.get(i));
      }
      assertThat(engine.stats().preemptions()).as("memory was meant to be short").isPositive();
      assertThat(engine.drain(Duration.ofSeconds(5))).isTrue();
      assertThat(engine.stats().blocksHeld()).isZero();
    }
  }

  private static long blockBytes() {
    try (Engine engine = open(OPTIONS)) {
      return engine.card().kvCacheBytes() / engine.stats().blocksTotal();
    }
  }

  @Test
  void aCachedPrefixIsFoundAndChangesNothing() throws InterruptedException {
    try (Engine engine = open(OPTIONS)) {
      Result cold = read(start(engine, GenerationRequest.greedy(QWEN3.ids(), 20)));
      Result warm = read(start(engine, GenerationRequest.greedy(QWEN3.ids(), 20)));
      assertThat(cold.finished().usage().cachedTokens()).isZero();
      assertThat(warm.finished().usage().cachedTokens()).isEqualTo(80);
      assertThat(warm.tokens()).isEqualTo(cold.tokens());
      GenerationRequest stranger =
          new GenerationRequest(
              QWEN3.ids(),
              20,
              SamplingOptions.GREEDY,
              List.of(),
              -1,
              -1,
              false,
              new CacheScope(9, 9));
      assertThat(read(start(engine, stranger)).finished().usage().cachedTokens()).isZero();
    }
  }

  @Test
  void cancelFreesTheBlocksAndKeepsThePrefix() throws InterruptedException {
    try (Engine engine = open(OPTIONS)) {
      Generation generation = start(engine, GenerationRequest.greedy(QWEN3.ids(), 150));
      generation.next();
      generation.cancel();
      Result result = read(generation);
      assertThat(result.finished().reason()).isEqualTo(FinishReason.CANCELLED);
      assertThat(engine.stats().blocksHeld()).isZero();
      assertThat(
              read(start(engine, GenerationRequest.greedy(QWEN3.ids(), 2)))
                  .finished()
                  .usage()
                  .cachedTokens())
          .isEqualTo(80);
    }
  }

  @Test
  void promptScoresAreTheReferencesLogprobs() throws InterruptedException {
    try (Engine engine = open(OPTIONS)) {
      // A cached prefix must not hide scores.
      read(start(engine, GenerationRequest.greedy(QWEN3.ids(), 1)));
      Generation generation =
          start(
              engine,
              new GenerationRequest(
                  QWEN3.ids(),
                  0,
                  SamplingOptions.GREEDY,
                  List.of(),
                  -1,
                  1,
                  false,
                  CacheScope.LOCAL));
      Generation.PromptScores scores = (Generation.PromptScores) generation.next();
      assertThat(scores.scores()).hasSize(QWEN3.ids().length - 1);
      for (int i = 0; i < scores.scores().size(); i++) {
        assertThat(scores.scores().get(i).id()).isEqualTo(QWEN3.ids()[i + 1]);
        assertThat(scores.scores().get(i).top().getFirst().id()).isEqualTo(QWEN3.argmax()[i]);
      }
      Generation.Finished finished = (Generation.Finished) generation.next();
      assertThat(finished.usage().completionTokens()).isZero();
    }
  }

  @Test
  void whatCannotFitIsRefusedAtOnce() {
    try (Engine engine = open(OPTIONS)) {
      int context = engine.card().contextLength();
      Submission tooLong = engine.submit(GenerationRequest.greedy(new int[context], 1));
      assertThat(((Submission.Refused) tooLong).rejection())
          .isInstanceOf(Rejection.PromptTooLong.class);
      Submission tooMany = engine.submit(GenerationRequest.greedy(new int[1], Integer.MAX_VALUE));
      assertThat(((Submission.Refused) tooMany).rejection())
          .isInstanceOf(Rejection.PromptTooLong.class);
      assertThatThrownBy(() -> engine.submit(GenerationRequest.greedy(new int[] {3, 96}, 1)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("prompt[1]: found token id 96, allowed: 0 to 95");
      assertThat(engine.stats().waiting()).isZero();
    }
  }

  @Test
  void aFullLineRefusesAndDrainingRefusesAll() throws InterruptedException {
    try (Engine engine = open(OPTIONS.withSequencesMax(1).withWaitingMax(2))) {
      List<Generation> taken = new ArrayList<>();
      int refused = 0;
      for (int i = 0; i < 20; i++) {
        switch (engine.submit(GenerationRequest.greedy(QWEN3.ids(), 100))) {
          case Submission.Admitted admitted -> taken.add(admitted.generation());
          case Submission.Refused r -> {
            assertThat(r.rejection()).isInstanceOf(Rejection.QueueFull.class);
            refused++;
          }
        }
      }
      assertThat(refused).isPositive();
      taken.forEach(Generation::cancel);
      assertThat(engine.drain(Duration.ofSeconds(10))).isTrue();
      Submission late = engine.submit(GenerationRequest.greedy(QWEN3.ids(), 1));
      assertThat(((Submission.Refused) late).rejection()).isInstanceOf(Rejection.Draining.class);
      for (Generation generation : taken) {
        assertThat(read(generation).finished()).isNotNull();
      }
    }
  }

  @Test
  void closingEndsWhatRuns() throws InterruptedException {
    Engine engine = open(OPTIONS);
    Generation generation = start(engine, GenerationRequest.greedy(QWEN3.ids(), 150));
    engine.close();
    assertThat(read(generation).finished().reason())
        .isIn(FinishReason.CANCELLED, FinishReason.LENGTH);
  }
}
