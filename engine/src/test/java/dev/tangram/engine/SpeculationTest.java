package dev.tangram.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tangram.engine.draft.TextGuess;
import dev.tangram.engine.file.ModelFile;
import dev.tangram.engine.model.Altered;
import dev.tangram.engine.model.Golden;
import dev.tangram.kernel.KvMemory;
import dev.tangram.kernel.KvType;
import dev.tangram.kernel.StateMemory;
import dev.tangram.schedule.CacheScope;
import dev.tangram.schedule.FinishReason;
import dev.tangram.schedule.Sequence;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Guessing ahead changes how many steps a text takes and nothing else: tokens, log-probabilities,
 * text and the reason of the end are, bit for bit, those of an engine that does not guess.
 */
class SpeculationTest {
  @TempDir private Path folder;

  private static final EngineOptions PLAIN =
      EngineOptions.DEFAULT
          .withThreads(2)
          .withStepTokensMax(48)
          .withContextLength(256)
          .withSpeculation(Speculation.OFF);

  private static final SamplingOptions PENALISED =
      new SamplingOptions(0.8f, 40, 0.95f, 0.01f, 1.1f, 0.3f, 0.2f, Map.of(7, 2f, 9, -3f), 11);

  private record Result(List<Generation.Delta> deltas, Generation.Finished finished) {
    void isAs(Result other, String what) {
      assertThat(deltas).as(what).isEqualTo(other.deltas);
      assertThat(finished.reason()).as(what).isEqualTo(other.finished.reason());
      assertThat(finished.text()).as(what).isEqualTo(other.finished.text());
      assertThat(finished.usage().completionTokens())
          .as(what)
          .isEqualTo(other.finished.usage().completionTokens());
    }

    int[] tokens() {
      return deltas.stream().mapToInt(Generation.Delta::token).toArray();
    }

    String text() {
      StringBuilder text = new StringBuilder();
      deltas.forEach(d -> text.append(d.text()));
      return text.append(finished.text()).toString();
    }
  }

  private static SamplingOptions warm(float temperature, long seed) {
    return new SamplingOptions(temperature, 0, 1, 0, 1, 0, 0, Map.of(), seed);
  }

  private static GenerationRequest request(int[] prompt, int tokens, SamplingOptions sampling) {
    return new GenerationRequest(
        prompt, tokens, sampling, List.of(), 3, -1, true, CacheScope.LOCAL);
  }

  private static Generation start(Engine engine, GenerationRequest request) {
    return ((Submission.Admitted) engine.submit(request)).generation();
  }

  private static Generation start(Engine engine, GenerationRequest request, TextGuess guess) {
    return ((Submission.Admitted) ((LocalEngine) engine).submit(request, guess)).generation();
  }

  private static Result read(Generation generation) throws InterruptedException {
    List<Generation.Delta> deltas = new ArrayList<>();
    while (true) {
      switch (generation.next()) {
        case Generation.Delta delta -> deltas.add(delta);
        case Generation.PromptScores _ -> {}
        case Generation.Finished finished -> {
          return new Result(deltas, finished);
        }
      }
    }
  }

  private static Result plain(Golden golden, GenerationRequest request)
      throws InterruptedException {
    try (Engine engine = Engine.open(golden.file(), PLAIN)) {
      return read(start(engine, request));
    }
  }

  /** Knows the answer, and is wrong at every place that {@code wrong} says. */
  private record Oracle(int promptLength, int[] answer, int wrongEvery) implements TextGuess {
    @Override
    public int guess(Sequence sequence, int most, int[] guesses) {
      int made = sequence.length() - promptLength;
      int count = Math.min(most, answer.length - made);
      for (int i = 0; i < count; i++) {
        boolean wrong = wrongEvery > 0 && (made + i) % wrongEvery == wrongEvery - 1;
        guesses[i] = wrong ? (answer[made + i] + 1) % 90 : answer[made + i];
      }
      return count;
    }
  }

  private static final String[] EVERY_KIND = {
    "qwen3", "qwen3moe", "gemma3", "qwen35", "qwen3next", "qwen35moe"
  };

  static List<String> everyKind() {
    return List.of(EVERY_KIND);
  }

  @ParameterizedTest
  @MethodSource("everyKind")
  void rightGuessesTakeFewerStepsAndWrongOnesChangeNothing(String name)
      throws InterruptedException {
    Golden golden = Golden.load(name);
    for (SamplingOptions sampling : List.of(SamplingOptions.GREEDY, warm(1, 5), PENALISED)) {
      GenerationRequest request = request(golden.greedyPrompt(), 120, sampling);
      Result plain = plain(golden, request);
      int prompt = request.prompt().length;
      long[] steps = new long[4];
      int[] wrongEvery = {0, 1, 2, 5};
      for (int i = 0; i < wrongEvery.length; i++) {
        EngineOptions guessing = PLAIN.withSpeculation(Speculation.NGRAM.withTokensMax(6));
        try (Engine engine = Engine.open(golden.file(), guessing)) {
          Oracle oracle = new Oracle(prompt, plain.tokens(), wrongEvery[i]);
          String what = name + ", wrong every " + wrongEvery[i];
          read(start(engine, request, oracle)).isAs(plain, what);
          steps[i] = engine.stats().steps();
          // Its blocks, windows and snapshots are those of the text, not of what was refused.
          read(start(engine, request, oracle)).isAs(plain, what + ", again");
          assertThat(engine.stats().blocksHeld()).isZero();
          EngineStats stats = engine.stats();
          if (wrongEvery[i] == 0) {
            assertThat(stats.acceptedTokens()).isEqualTo(stats.draftTokens()).isPositive();
          } else if (wrongEvery[i] == 1) {
            assertThat(stats.acceptedTokens()).isZero();
            assertThat(stats.draftTokens()).isPositive();
          }
        }
      }
      assertThat(steps[1]).as("nothing was right").isGreaterThanOrEqualTo(120);
      assertThat(steps[0]).as("all was right").isLessThan(120 / 4);
      assertThat(steps[2]).isLessThan(steps[1]);
      assertThat(steps[3]).isLessThan(steps[2]);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"qwen2", "llama3", "gemma3", "qwen35"})
  void promptLookupGivesTheSameAndFewerSteps(String name) throws InterruptedException {
    Golden golden = Golden.load(name);
    int[] once = golden.greedyPrompt();
    int[] repeated =
        IntStream.range(0, 4 * once.length).map(i -> once[i % once.length]).limit(100).toArray();
    for (SamplingOptions sampling : List.of(SamplingOptions.GREEDY, warm(0.3f, 3), PENALISED)) {
      GenerationRequest request = request(repeated, 120, sampling);
      Result plain;
      long plainSteps;
      try (Engine engine = Engine.open(golden.file(), PLAIN)) {
        plain = read(start(engine, request));
        plainSteps = engine.stats().steps();
        assertThat(engine.stats().drafts()).isZero();
      }
      try (Engine engine = Engine.open(golden.file(), PLAIN.withSpeculation(Speculation.NGRAM))) {
        read(start(engine, request)).isAs(plain, name);
        EngineStats stats = engine.stats();
        assertThat(stats.steps()).isEqualTo(plainSteps - stats.acceptedTokens());
        read(start(engine, request.withSpeculation(false, new int[0]))).isAs(plain, name);
        assertThat(engine.stats().drafts()).as("switched off").isEqualTo(stats.drafts());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"qwen2", "gemma3", "qwen3next"})
  void aPredictionIsCopiedFromItsFirstTokenAndCounted(String name) throws InterruptedException {
    Golden golden = Golden.load(name);
    GenerationRequest request = request(golden.greedyPrompt(), 100, warm(1, 9));
    Result plain = plain(golden, request);
    int[] right = plain.tokens();
    int[] wrong = new Random(6).ints(100, 0, 90).toArray();
    int[] half = right.clone();
    System.arraycopy(wrong, 0, half, 40, 20);
    try (Engine engine = Engine.open(golden.file(), PLAIN.withSpeculation(Speculation.NGRAM))) {
      read(start(engine, request));
      long steps = engine.stats().steps();
      Result copied = read(start(engine, request.withSpeculation(true, right)));
      copied.isAs(plain, "all of it was predicted");
      assertThat(engine.stats().steps() - steps).isLessThan(35);
      assertThat(copied.finished.usage().predictedRight()).isGreaterThan(60);
      assertThat(copied.finished.usage().predictedWrong()).isLessThan(5);

      Result partly = read(start(engine, request.withSpeculation(true, half)));
      partly.isAs(plain, "some of it was predicted");
      assertThat(partly.finished.usage().predictedRight()).isBetween(20, 80);
      assertThat(partly.finished.usage().predictedWrong()).isPositive();

      read(start(engine, request.withSpeculation(true, wrong))).isAs(plain, "nothing was");
      Result off = read(start(engine, request.withSpeculation(false, right)));
      off.isAs(plain, "switched off");
      assertThat(off.finished.usage().predictedRight()).isZero();
    }
  }

  /** A token for each printable character; the last id ends a text. */
  private Path spelling() throws IOException {
    List<String> tokens =
        IntStream.range(0, 94)
            .mapToObj(i -> Character.toString((char) ('!' + i)))
            .collect(Collectors.toList());
    tokens.addAll(List.of("\u0120", "<end>"));
    int[] types = new int[96];
    Arrays.fill(types, 1);
    types[95] = 3;
    Altered altered =
        new Altered("qwen2")
            .pairs(
                p ->
                    p.string("tokenizer.ggml.model", "gpt2")
                        .string("tokenizer.ggml.pre", "qwen2")
                        .strings("tokenizer.ggml.tokens", tokens)
                        .strings("tokenizer.ggml.merges", List.of())
                        .integers("tokenizer.ggml.token_type", types)
                        .integer("tokenizer.ggml.eos_token_id", 95));
    try (ModelFile file = altered.write(folder)) {
      return file.path();
    }
  }

  @Test
  void aTextEndsWhereItEndedBefore() throws Exception {
    Path file = spelling();
    int[] prompt = Golden.load("qwen2").greedyPrompt();
    SamplingOptions sampling = warm(1.2f, 21);
    EngineOptions guessing = PLAIN.withSpeculation(Speculation.NGRAM.withTokensMax(7));
    try (Engine plain = Engine.open(file, PLAIN);
        Engine engine = Engine.open(file, guessing)) {
      GenerationRequest free = request(prompt, 90, sampling);
      Result whole = read(start(plain, free));
      String text = whole.text();
      assertThat(text).hasSizeGreaterThan(80);
      int ended = 0;
      for (int from = 20; from < 60; from++) {
        // Stop strings of four tokens, wherever they lie among the guesses.
        List<String> stops = List.of(text.substring(from, from + 4));
        GenerationRequest request =
            new GenerationRequest(
                prompt, 90, sampling, stops, from % 3, -1, true, CacheScope.LOCAL);
        Result expected = read(start(plain, request));
        Oracle oracle = new Oracle(prompt.length, whole.tokens(), from % 5);
        Result found = read(start(engine, request, oracle));
        found.isAs(expected, "stop at " + from);
        assertThat(found.text()).isEqualTo(expected.text()).doesNotContain(stops.getFirst());
        ended += found.finished.reason() == FinishReason.STOP ? 1 : 0;
      }
      assertThat(ended).isEqualTo(40);
      for (int most = 1; most < 30; most++) {
        GenerationRequest request = request(prompt, most, sampling);
        Oracle oracle = new Oracle(prompt.length, whole.tokens(), 0);
        read(start(engine, request, oracle)).isAs(read(start(plain, request)), "length " + most);
      }
      endTokens(plain, engine, prompt);
    }
  }

  /** The end token, which is as likely here as any other, ends a text even if it was guessed. */
  private static void endTokens(Engine plain, Engine engine, int[] prompt)
      throws InterruptedException {
    int ended = 0;
    for (int seed = 0; seed < 30; seed++) {
      SamplingOptions sampling = new SamplingOptions(1.5f, 0, 1, 0, 1, 0, 0, Map.of(95, 2f), seed);
      GenerationRequest past = request(prompt, 60, sampling);
      GenerationRequest request =
          new GenerationRequest(prompt, 60, sampling, List.of(), 2, -1, false, CacheScope.LOCAL);
      Oracle oracle = new Oracle(prompt.length, read(start(plain, past)).tokens(), 0);
      Result expected = read(start(plain, request));
      read(start(engine, request, oracle)).isAs(expected, "seed " + seed);
      ended += expected.finished.reason() == FinishReason.STOP ? 1 : 0;
    }
    assertThat(ended).isGreaterThan(10);
  }

  @ParameterizedTest
  @ValueSource(strings = {"qwen3next-mtp", "qwen35-mtp"})
  void theHeadsGuessesGiveTheSame(String name) throws InterruptedException {
    Golden golden = Golden.ofFile(name);
    int[] prompt = new Random(4).ints(70, 0, 90).toArray();
    for (SamplingOptions sampling : List.of(SamplingOptions.GREEDY, warm(1, 5), PENALISED)) {
      GenerationRequest request = request(prompt, 100, sampling);
      Result plain = plain(golden, request);
      for (Speculation.Method method : List.of(Speculation.Method.MTP, Speculation.Method.AUTO)) {
        for (int most : new int[] {1, 3}) {
          Speculation how = Speculation.OFF.with(method).withTokensMax(most);
          try (Engine engine = Engine.open(golden.file(), PLAIN.withSpeculation(how))) {
            read(start(engine, request)).isAs(plain, name);
            assertThat(engine.stats().draftTokens()).as("the head was asked").isPositive();
            Result again = read(start(engine, request));
            again.isAs(plain, name + ", again");
            assertThat(again.finished.usage().cachedTokens()).isEqualTo(64);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"qwen3next-mtp", "qwen35-mtp"})
  void headsThatGuessForManyAtOnceChangeNothing(String name) throws InterruptedException {
    Golden golden = Golden.ofFile(name);
    Random random = new Random(12);
    int[] shared = random.ints(36, 0, 90).toArray();
    List<GenerationRequest> requests = new ArrayList<>();
    List<Result> alone = new ArrayList<>();
    try (Engine engine = Engine.open(golden.file(), PLAIN.withKvType(KvType.F16))) {
      for (int i = 0; i < 16; i++) {
        int[] more = random.ints(1 + random.nextInt(20), 0, 90).toArray();
        int[] prompt = IntStream.concat(Arrays.stream(shared), Arrays.stream(more)).toArray();
        GenerationRequest request = request(prompt, 1 + random.nextInt(50), warm(i % 2, i));
        requests.add(request.withSpeculation(i % 5 != 0, new int[0]));
        alone.add(read(start(engine, request)));
      }
    }
    Speculation how = Speculation.OFF.with(Speculation.Method.AUTO).withTokensMax(3);
    EngineOptions little =
        PLAIN
            .withKvType(KvType.F16)
            .withContextLength(112)
            .withSequencesMax(4)
            .withKvCacheBytes(160_000)
            .withSpeculation(how);
    try (Engine engine = Engine.open(golden.file(), little)) {
      List<Generation> generations = requests.stream().map(r -> start(engine, r)).toList();
      generations.get(4).next();
      generations.get(4).cancel();
      for (int i = 0; i < generations.size(); i++) {
        if (i != 4) {
          read(generations.get(i)).isAs(alone.get(i), "request " + i);
        }
      }
      read(generations.get(4));
      assertThat(engine.stats().draftTokens()).isPositive();
      assertThat(engine.drain(Duration.ofSeconds(5))).isTrue();
      assertThat(engine.stats().blocksHeld()).isZero();
    }
  }

  @Test
  void aModelWithoutAHeadSaysSo() {
    Speculation mtp = Speculation.OFF.with(Speculation.Method.MTP);
    assertThatThrownBy(() -> Engine.open(Golden.load("qwen3").file(), PLAIN.withSpeculation(mtp)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("found mtp")
        .hasMessageContaining("model.gguf");
  }

  @ParameterizedTest
  @MethodSource("everyKind")
  void manyInLittleMemoryGiveWhatEachGivesAlone(String name) throws InterruptedException {
    Golden golden = Golden.load(name);
    Random random = new Random(7);
    int[] shared = random.ints(40, 0, 90).toArray();
    List<GenerationRequest> requests = new ArrayList<>();
    List<Result> alone = new ArrayList<>();
    try (Engine engine = Engine.open(golden.file(), PLAIN)) {
      for (int i = 0; i < 20; i++) {
        IntStream begin =
            i % 2 == 0 ? Arrays.stream(shared) : random.ints(random.nextInt(30), 0, 90);
        int[] prompt =
            IntStream.concat(begin, random.ints(1 + random.nextInt(20), 0, 90)).toArray();
        SamplingOptions sampling = i % 3 == 0 ? PENALISED : warm(i % 2, i);
        requests.add(request(prompt, 1 + random.nextInt(45), sampling));
        alone.add(read(start(engine, requests.getLast())));
      }
    }
    var shape = shapeOf(golden);
    long block =
        KvMemory.bytesPerBlock(shape.kvLayers(), shape.kvHeads(), shape.headSize(), KvType.F32);
    long state =
        shape.stateLayers() == 0
            ? 0
            : StateMemory.bytesPerSlot(shape.stateLayers(), shape.convolution(), shape.recurrent());
    long bytes = 10 * state + (name.equals("gemma3") ? 7 : 11) * block;
    EngineOptions little =
        PLAIN
            .withContextLength(112)
            .withKvCacheBytes(bytes)
            .withSequencesMax(4)
            .withSpeculation(Speculation.NGRAM.withTokensMax(5));
    try (Engine engine = Engine.open(golden.file(), little)) {
      List<Generation> generations = new ArrayList<>();
      for (int i = 0; i < requests.size(); i++) {
        int promptLength = requests.get(i).prompt().length;
        Oracle oracle = new Oracle(promptLength, alone.get(i).tokens(), i % 4);
        generations.add(start(engine, requests.get(i), oracle));
      }
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
      assertThat(engine.stats().acceptedTokens()).isPositive();
      assertThat(engine.stats().acceptedTokens()).isLessThan(engine.stats().draftTokens());
      assertThat(engine.stats().preemptions()).as("memory was meant to be short").isPositive();
      assertThat(engine.drain(Duration.ofSeconds(5))).isTrue();
      assertThat(engine.stats().blocksHeld()).isZero();
    }
  }

  private static dev.tangram.engine.model.Shape shapeOf(Golden golden) {
    try (Engine engine = Engine.open(golden.file(), PLAIN)) {
      return engine.card().shape();
    }
  }

  @Test
  void twoPromptsThatAreScoredShareTheRowsOfAStep() throws InterruptedException {
    Golden golden = Golden.load("qwen3");
    GenerationRequest scoring =
        new GenerationRequest(
            golden.ids(), 4, SamplingOptions.GREEDY, List.of(), 1, 1, true, CacheScope.LOCAL);
    try (Engine engine = Engine.open(golden.file(), PLAIN.withStepTokensMax(256))) {
      Result alone = read(start(engine, scoring));
      List<Generation> together = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        together.add(start(engine, scoring));
      }
      for (Generation generation : together) {
        read(generation).isAs(alone, "together");
      }
    }
  }
}
