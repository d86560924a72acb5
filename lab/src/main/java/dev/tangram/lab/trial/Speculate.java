package dev.tangram.lab.trial;

import com.sun.management.OperatingSystemMXBean;
import dev.tangram.engine.ChatPrompt;
import dev.tangram.engine.Engine;
import dev.tangram.engine.EngineOptions;
import dev.tangram.engine.EngineStats;
import dev.tangram.engine.Generation;
import dev.tangram.engine.GenerationRequest;
import dev.tangram.engine.Prompts;
import dev.tangram.engine.SamplingOptions;
import dev.tangram.engine.Speculation;
import dev.tangram.lab.measure.Figures;
import dev.tangram.lab.measure.Prompting;
import dev.tangram.schedule.CacheScope;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What guessing ahead gains where an answer copies from its prompt, and what it costs where it does
 * not. A source file is to be repeated with one change, and a story told, likely and wild: plain,
 * with guesses, and (the file) with itself as prediction, in turns.
 */
public final class Speculate {
  private static final int ROUNDS = 3;
  private static final int TOKENS_MAX = 400;

  private static final String EDIT =
      "Rename the method `found` to `match` everywhere in this Java file, change nothing else, and print the whole file:\n\n```java\n%s```\n";
  private static final String STORY =
      "Tell me a story of about 300 words about a lighthouse keeper who learns to play the violin.";

  private Speculate() {}

  /** A way to answer. */
  private record Way(String name, boolean guesses, int[] prediction) {}

  /** One answer. */
  private record Run(
      String text, int tokens, double seconds, double cpuSeconds, long guessed, long right) {
    double rate() {
      return (tokens - 1) / seconds;
    }
  }

  /**
   * Runs.
   *
   * @param args a model file; then threads (default: all); then the method and the most tokens to
   *     guess
   */
  public static void main(String[] args) throws Exception {
    if (args.length < 1) {
      throw new IllegalArgumentException("a model file is needed");
    }
    int threads = args.length > 1 ? Integer.parseInt(args[1]) : 0;
    Speculation how = Speculation.NGRAM;
    if (args.length > 2) {
      how = how.with(Speculation.Method.of(args[2]).orElseThrow());
    }
    if (args.length > 3) {
      how = how.withTokensMax(Integer.parseInt(args[3]));
    }
    Path model = Path.of(args[0]);
    StepRows.print(model, threads > 0 ? threads : Runtime.getRuntime().availableProcessors());
    EngineOptions options =
        EngineOptions.DEFAULT.withContextLength(4096).withThreads(threads).withSpeculation(how);
    try (Engine engine = Engine.open(model, options)) {
      System.out.printf(
          "%s, %d threads, %s, guesses by %s, at most %d%n",
          engine.card().name(),
          engine.card().threads(),
          engine.card().selection().reason(),
          how.method().word(),
          how.tokensMax());
      String file = resource("edited.txt");
      int[] edit = prompt(engine, EDIT.formatted(file));
      int[] prediction = Prompts.prediction(engine, "```java\n" + file + "```\n");
      // Warms up.
      Prompting.end(Prompting.start(engine, prompt(engine, STORY), 30, 7));
      Way plain = new Way("plain", false, new int[0]);
      Way guess = new Way("guesses", true, new int[0]);
      SamplingOptions greedy = SamplingOptions.GREEDY;
      List<Way> ways = List.of(plain, guess, new Way("predicted", true, prediction));
      compare(engine, "edit", edit, greedy, ways);
      List<Way> two = List.of(plain, guess);
      compare(engine, "story", prompt(engine, STORY), greedy, two);
      SamplingOptions wild = new SamplingOptions(1.2f, 0, 1, 0, 1, 0, 0, Map.of(), 7);
      compare(engine, "wild story", prompt(engine, STORY), wild, two);
    }
  }

  private static int[] prompt(Engine engine, String text) {
    if (engine.chatTemplate().isEmpty()) {
      return Prompts.text(engine, text);
    }
    ChatPrompt prompt =
        Prompts.chat(engine, List.of(Map.of("role", "user", "content", text)), List.of(), Map.of());
    return prompt.ids();
  }

  private static void compare(
      Engine engine, String task, int[] prompt, SamplingOptions sampling, List<Way> ways)
      throws InterruptedException {
    List<List<Run>> runs = new ArrayList<>();
    ways.forEach(way -> runs.add(new ArrayList<>()));
    Set<String> texts = new HashSet<>();
    for (int round = 0; round < ROUNDS; round++) {
      for (int i = 0; i < ways.size(); i++) {
        Run run = run(engine, prompt, sampling, ways.get(i));
        texts.add(run.text);
        runs.get(i).add(run);
        System.out.printf(
            "  %s %.1f tokens/s, %.2f s of CPU%n", ways.get(i).name, run.rate(), run.cpuSeconds);
      }
    }
    if (texts.size() > 1) {
      throw new IllegalStateException(task + ": guessing changed the text");
    }
    System.out.printf("%s: prompt of %d tokens%n", task, prompt.length);
    for (int i = 0; i < ways.size(); i++) {
      print(ways.get(i), runs.get(i), runs.getFirst());
    }
  }

  private static void print(Way way, List<Run> runs, List<Run> plain) {
    double[] wall = new double[runs.size()];
    double[] cpu = new double[runs.size()];
    for (int i = 0; i < wall.length; i++) {
      wall[i] = plain.get(i).seconds / runs.get(i).seconds;
      cpu[i] = plain.get(i).cpuSeconds / runs.get(i).cpuSeconds;
    }
    Run any = runs.getFirst();
    double rate = Figures.median(runs.stream().mapToDouble(Run::rate).toArray());
    System.out.printf(
        "  %-9s %4d tokens, %6.1f tokens/s, %4d of %4d guesses right (%3.0f %%), %.2f x plain (CPU time %.2f x; %s)%n",
        way.name,
        any.tokens,
        rate,
        any.right,
        any.guessed,
        100.0 * any.right / Math.max(any.guessed, 1),
        Figures.median(wall),
        Figures.median(cpu),
        Arrays.toString(Arrays.stream(cpu).map(x -> Math.round(100 * x) / 100.0).toArray()));
  }

  private static Run run(Engine engine, int[] prompt, SamplingOptions sampling, Way way)
      throws InterruptedException {
    GenerationRequest request =
        new GenerationRequest(
                prompt, TOKENS_MAX, sampling, List.of(), -1, -1, false, CacheScope.LOCAL)
            .withSpeculation(way.guesses, way.prediction);
    EngineStats before = engine.stats();
    Generation generation = Prompting.submit(engine, request);
    StringBuilder text = new StringBuilder();
    long cpu = 0;
    while (true) {
      switch (generation.next()) {
        case Generation.PromptScores _ -> {}
        case Generation.Delta delta -> {
          cpu = cpu == 0 ? cpuNanos() : cpu;
          text.append(delta.text());
        }
        case Generation.Finished finished -> {
          long spent = cpuNanos() - cpu;
          EngineStats after = engine.stats();
          return new Run(
              text + finished.text(),
              finished.usage().completionTokens(),
              finished.usage().decodeNanos() / 1e9,
              spent / 1e9,
              after.draftTokens() - before.draftTokens(),
              after.acceptedTokens() - before.acceptedTokens());
        }
      }
    }
  }

  private static long cpuNanos() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = Speculate.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
