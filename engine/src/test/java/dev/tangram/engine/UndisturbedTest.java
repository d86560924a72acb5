package dev.tangram.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tangram.engine.model.Golden;
import dev.tangram.kernel.KvMemory;
import dev.tangram.kernel.KvType;
import dev.tangram.kernel.StateMemory;
import dev.tangram.schedule.CacheScope;
import dev.tangram.schedule.FinishReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Models whose layers remember, or see a window: whatever happens to a sequence on its way, its
 * tokens and their log-probabilities are, bit for bit, those of an undisturbed run.
 */
class UndisturbedTest {
  private static final int BLOCK = KvMemory.BLOCK_LENGTH;
  private static final EngineOptions OPTIONS =
      EngineOptions.DEFAULT.withThreads(2).withStepTokensMax(32);

  private record Result(
      List<Integer> tokens, List<TokenLogprob> logprobs, Generation.Finished finished) {
    void isAs(Result other, String what) {
      assertThat(tokens).as(what).isEqualTo(other.tokens);
      assertThat(logprobs).as(what).isEqualTo(other.logprobs);
    }

    int cached() {
      return finished.usage().cachedTokens();
    }
  }

  private static GenerationRequest request(int[] prompt, int tokens, float temperature, long seed) {
    SamplingOptions sampling = new SamplingOptions(temperature, 0, 1, 0, 1, 0, 0, Map.of(), seed);
    return new GenerationRequest(
        prompt, tokens, sampling, List.of(), 3, -1, true, CacheScope.LOCAL);
  }

  private static Generation start(Engine engine, GenerationRequest request) {
    return ((Submission.Admitted) engine.submit(request)).generation();
  }

  private static Result read(Generation generation) throws InterruptedException {
    List<Integer> tokens = new ArrayList<>();
    List<TokenLogprob> logprobs = new ArrayList<>();
    while (true) {
      switch (generation.next()) {
        case Generation.Delta delta -> {
          tokens.add(delta.token());
          logprobs.add(delta.logprob());
        }
        case Generation.PromptScores _ -> {}
        case Generation.Finished finished -> {
          return new Result(tokens, logprobs, finished);
        }
      }
    }
  }

  private static Result alone(Golden golden, GenerationRequest request)
      throws InterruptedException {
    // One step holds the whole prompt: nothing is cut but for a snapshot.
    try (Engine engine = Engine.open(golden.file(), OPTIONS.withStepTokensMax(512))) {
      return read(start(engine, request));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"qwen35", "qwen3next", "qwen35moe", "qwen3next-yarn"})
  void thePromptOfASecondRequestIsFound(String name) throws InterruptedException {
    Golden golden = Golden.load(name);
    int[] prompt = golden.ids();
    int whole = (prompt.length - 1) / BLOCK * BLOCK;
    GenerationRequest request = request(prompt, 40, 0, 0);
    Result undisturbed = alone(golden, request);
    try (Engine engine = Engine.open(golden.file(), OPTIONS)) {
      Result cold = read(start(engine, request));
      Result warm = read(start(engine, request));
      assertThat(cold.cached()).isZero();
      assertThat(warm.cached()).isEqualTo(whole);
      cold.isAs(undisturbed, "cold");
      warm.isAs(undisturbed, "warm");

      // The next turn: prompt, answer, and something new.
      int[] turn =
          IntStream.concat(
                  IntStream.concat(
                      Arrays.stream(prompt), cold.tokens().stream().mapToInt(Integer::intValue)),
                  IntStream.of(1, 2, 3))
              .toArray();
      Result second = read(start(engine, request(turn, 10, 0, 0)));
      assertThat(second.cached())
          .as("the last token of an answer never runs")
          .isEqualTo((prompt.length + 39) / BLOCK * BLOCK);
      second.isAs(alone(golden, request(turn, 10, 0, 0)), "second turn");

      // A fork in the prompt: nothing after it may be used.
      int[] fork = prompt.clone();
      fork[whole - BLOCK - 1] ^= 1;
      Result forked = read(start(engine, request(fork, 10, 0, 0)));
      assertThat(forked.cached()).as("no snapshot before the fork").isZero();
      forked.isAs(alone(golden, request(fork, 10, 0, 0)), "fork");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"qwen35", "qwen3next", "gemma3"})
  void manyInLittleMemoryGiveWhatEachGivesAlone(String name) throws InterruptedException {
    Golden golden = Golden.load(name);
    Random random = new Random(7);
    int[] shared = random.ints(40, 0, 96).toArray();
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      // Half of the prompts begin alike.
      IntStream start = i % 2 == 0 ? Arrays.stream(shared) : random.ints(random.nextInt(30), 0, 96);
      int[] prompt = IntStream.concat(start, random.ints(1 + random.nextInt(20), 0, 96)).toArray();
      requests.add(request(prompt, 1 + random.nextInt(45), i % 3 == 0 ? 0 : 1, i));
    }
    List<Result> alone = new ArrayList<>();
    for (GenerationRequest request : requests) {
      alone.add(alone(golden, request));
    }
    long bytes = (4 + 3) * stateBytes(golden) + 20 * blockBytes(golden);
    // Sliding layers need less of it.
    bytes -= golden.file().toString().contains("gemma3") ? 8 * blockBytes(golden) : 0;
    EngineOptions little =
        OPTIONS.withContextLength(112).withKvCacheBytes(bytes).withSequencesMax(4);
    try (Engine engine = Engine.open(golden.file(), little)) {
      List<Generation> generations = requests.stream().map(r -> start(engine, r)).toList();
      // Every third leaves at some time.
      for (int i = 2; i < generations.size(); i += 3) {
        generations.get(i - 1).next();
        generations.get(i).cancel();
      }
      int compared = 0;
      for (int i = 0; i < generations.size(); i++) {
        Result result = read(generations.get(i));
        if (result.finished().reason() != FinishReason.CANCELLED && i % 3 != 1) {
          result.isAs(alone.get(i), "request " + i);
          compared++;
        }
      }
      assertThat(compared).isGreaterThanOrEqualTo(7);
      assertThat(engine.drain(Duration.ofSeconds(10))).isTrue();
      assertThat(engine.stats().blocksHeld()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"qwen35", "qwen3next"})
  void whoGivesWayGoesOnWhereItsLastSnapshotIs(String name) throws InterruptedException {
    Golden golden = Golden.load(name);
    GenerationRequest first = request(Arrays.copyOf(golden.ids(), 40), 60, 1, 1);
    int[] other = Arrays.copyOfRange(golden.ids(), 40, 80);
    GenerationRequest second = request(other, 60, 1, 2);
    Result firstAlone = alone(golden, first);
    Result secondAlone = alone(golden, second);
    // Room for both prompts and one whole context.
    long bytes = (2 + 6) * stateBytes(golden) + 9 * blockBytes(golden);
    EngineOptions little =
        OPTIONS.withContextLength(112).withKvCacheBytes(bytes).withSequencesMax(2);
    long preemptions = 0;
    long hits = 0;
    // On a busy machine the first may have ended before the second comes: then once more.
    for (int attempt = 0; attempt < 20 && preemptions == 0; attempt++) {
      try (Engine engine = Engine.open(golden.file(), little)) {
        Generation one = start(engine, first);
        Generation two = start(engine, second);
        read(one).isAs(firstAlone, "first");
        read(two).isAs(secondAlone, "second");
        preemptions = engine.stats().preemptions();
        hits = engine.stats().prefixHits();
      }
    }
    assertThat(preemptions).as("memory was meant to be short").isPositive();
    assertThat(hits).as("nothing else could hit").isPositive();
  }

  @Test
  void slidingLayersHoldTheirWindowOnly() throws InterruptedException {
    Golden golden = Golden.load("gemma3");
    GenerationRequest request = request(golden.ids(), 150, 0, 0);
    Result undisturbed = alone(golden, request);
    EngineOptions one = OPTIONS.withSequencesMax(1).withStepTokensMax(16);
    try (Engine engine = Engine.open(golden.file(), one)) {
      var shape = engine.card().shape();
      assertThat(shape.windowLayers()).containsExactlyInAnyOrder(0, 1, 2, 3, 4);
      // A window of 8 and a step of 16 touch 3 blocks at most.
      long layer = KvMemory.bytesPerBlock(1, shape.kvHeads(), shape.headSize(), KvType.F32);
      assertThat(engine.card().kvCacheBytes())
          .isEqualTo(layer * (engine.stats().blocksTotal() + 5 * 3));
      Result cold = read(start(engine, request));
      cold.isAs(undisturbed, "cold");
      Result warm = read(start(engine, request));
      warm.isAs(undisturbed, "warm");
      int[] turn =
          IntStream.concat(
                  Arrays.stream(golden.ids()), warm.tokens().stream().mapToInt(Integer::intValue))
              .toArray();
      Result second = read(start(engine, request(turn, 10, 0, 0)));
      assertThat(second.cached()).as("the last window is there").isEqualTo(224);
      second.isAs(alone(golden, request(turn, 10, 0, 0)), "second turn");
    }
  }

  @Test
  void cancelledHalfwayLeavesAStateThatIsRight() throws InterruptedException {
    Golden golden = Golden.load("qwen35");
    GenerationRequest request = request(golden.ids(), 150, 0, 0);
    Result undisturbed = alone(golden, request);
    try (Engine engine = Engine.open(golden.file(), OPTIONS)) {
      for (int i = 0; i < 5; i++) {
        Generation generation = start(engine, request);
        for (int j = 0; j < 7 * i; j++) {
          generation.next();
        }
        generation.cancel();
        read(generation);
      }
      Result warm = read(start(engine, request));
      assertThat(warm.cached()).isPositive();
      warm.isAs(undisturbed, "after five that were cancelled");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"qwen35", "qwen3"})
  void theTypeOfKeysAndValuesChangesLittleAndNothingElse(String name) throws InterruptedException {
    Golden golden = Golden.load(name);
    GenerationRequest request = request(golden.ids(), 1, 0, 0);
    Result exact = alone(golden, request);
    for (KvType type : List.of(KvType.F16, KvType.Q8_0)) {
      try (Engine engine =
          Engine.open(golden.file(), OPTIONS.withKvType(type).withContextLength(256))) {
        Result cold = read(start(engine, request));
        Result warm = read(start(engine, request));
        warm.isAs(cold, type + " with a cached prefix");
        assertThat(cold.tokens()).isEqualTo(exact.tokens());
        // Random weights make more of it than trained ones do.
        float difference =
            Math.abs(cold.logprobs().getFirst().logprob() - exact.logprobs().getFirst().logprob());
        assertThat(difference).isBetween(1e-7f, type == KvType.F16 ? 2e-3f : 0.2f);
      }
    }
  }

  private static long stateBytes(Golden golden) {
    try (Engine engine = Engine.open(golden.file(), OPTIONS)) {
      var shape = engine.card().shape();
      return shape.stateLayers() == 0
          ? 0
          : StateMemory.bytesPerSlot(shape.stateLayers(), shape.convolution(), shape.recurrent());
    }
  }

  private static long blockBytes(Golden golden) {
    try (Engine engine = Engine.open(golden.file(), OPTIONS)) {
      var shape = engine.card().shape();
      return KvMemory.bytesPerBlock(
          shape.kvLayers(), shape.kvHeads(), shape.headSize(), KvType.F32);
    }
  }
}
