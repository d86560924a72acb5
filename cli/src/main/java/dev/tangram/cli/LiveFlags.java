package dev.tangram.cli;

import dev.tangram.cli.measure.ClosedLoop;
import dev.tangram.cli.measure.Endpoint;
import dev.tangram.cli.measure.Timing;
import dev.tangram.cli.text.Screen;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine.Option;

/** A server to measure, and what runs on it. */
final class LiveFlags {
  private static final String HEAD =
      "source,model,chip,tp,isl,osl,concurrency,precision,metric,value\n";

  @Option(
      names = "--url",
      paramLabel = "URL",
      required = true,
      description = "Measure the OpenAI-compatible server there, e.g. http://127.0.0.1:8080/v1.")
  private URI url;

  @Option(
      names = "--served",
      paramLabel = "NAME",
      required = true,
      description = "The model, as the server calls it.")
  private String served;

  @Option(
      names = "--engine",
      paramLabel = "NAME",
      required = true,
      description = "The engine, with what decides its speed, e.g. vLLM-0.11.")
  private String engine;

  @Option(
      names = "--model",
      paramLabel = "NAME",
      required = true,
      description = "The model, as the catalogue calls it.")
  private String model;

  @Option(names = "--chip", paramLabel = "NAME", required = true, description = "The chip.")
  private String chip;

  @Option(
      names = "--save",
      paramLabel = "FILE",
      required = true,
      description = "CSV to write the measurements to; must not exist.")
  private Path save;

  @Option(
      names = "--tp",
      paramLabel = "N",
      defaultValue = "1",
      description = "Chips of the server (default: ${DEFAULT-VALUE}).")
  private String chips;

  @Option(
      names = "--precision",
      paramLabel = "NAME",
      defaultValue = "BF16",
      description = "Of its weights: BF16, FP8, INT8 or INT4 (default: ${DEFAULT-VALUE}).")
  private String precision;

  @Option(
      names = "--concurrency",
      paramLabel = "N",
      split = ",",
      defaultValue = "1,4,16",
      description = "Readers at once (default: ${DEFAULT-VALUE}).")
  private List<Integer> readers;

  @Option(
      names = "--prompt-words",
      paramLabel = "N",
      split = ",",
      defaultValue = "100,1000",
      description = "Lengths of prompts (default: ${DEFAULT-VALUE}).")
  private List<Integer> promptWords;

  @Option(
      names = "--output-tokens",
      paramLabel = "N",
      defaultValue = "64",
      description = "Length of answers (default: ${DEFAULT-VALUE}).")
  private int outputTokens;

  @Option(
      names = "--answers",
      paramLabel = "N",
      defaultValue = "3",
      description = "Answers to measure for each reader (default: ${DEFAULT-VALUE}).")
  private int answers;

  /** Measures every load and writes the file. */
  Path measure(Screen screen, Map<String, String> env, long seed)
      throws IOException, InterruptedException {
    check();
    var endpoint =
        new Endpoint(
            URI.create(url.toString().replaceAll("/+$", "")),
            env.getOrDefault("TANGRAM_API_KEY", ""),
            served);
    var loop = new ClosedLoop(endpoint, seed);
    StringBuilder rows = new StringBuilder(HEAD);
    for (int words : promptWords) {
      for (int count : readers) {
        List<Timing> timings = loop.run(count, words, outputTokens, answers);
        double isl = mean(timings, Timing::promptTokens);
        double osl = mean(timings, Timing::outputTokens);
        double tpot = mean(timings, Timing::tpotMillis);
        double ttft = mean(timings, Timing::ttftMillis);
        screen
            .err()
            .printf(
                Locale.ROOT,
                "%d readers, %.0f tokens in, %.0f out: first token %.0f ms, then %.2f ms each%n",
                count,
                isl,
                osl,
                ttft,
                tpot);
        row(rows, isl, osl, count, "TPOT ms", tpot);
        if (count == 1) {
          row(rows, isl, osl, count, "TTFT s", ttft / 1000);
        }
      }
    }
    return Files.writeString(save, rows);
  }

  private void check() {
    if (Files.exists(save)) {
      throw Failure.usage("--save: found %s, allowed: a file that does not exist yet", save);
    }
    within("--output-tokens", outputTokens, 2, 100_000);
    within("--answers", answers, 1, 1000);
    readers.forEach(count -> within("--concurrency", count, 1, 4096));
    promptWords.forEach(words -> within("--prompt-words", words, 1, 1_000_000));
    for (String name : List.of(engine, model, chip, chips, precision)) {
      if (name.matches(".*[,\"\\n\\r].*")) {
        throw Failure.usage("found \"%s\", allowed: names without commas and quotes", name);
      }
    }
  }

  private static void within(String option, int value, int least, int most) {
    if (value < least || value > most) {
      throw Failure.usage("%s: found %d, allowed: %d to %d", option, value, least, most);
    }
  }

  private void row(
      StringBuilder rows, double isl, double osl, int count, String metric, double value) {
    rows.append(
        String.format(
            Locale.ROOT,
            "%s,%s,%s,%s,%.1f,%.1f,%d,%s,%s,%.4f%n",
            engine,
            model,
            chip,
            chips,
            isl,
            osl,
            count,
            precision,
            metric,
            value));
  }

  private static double mean(List<Timing> timings, ToDoubleFunction<Timing> of) {
    return timings.stream().mapToDouble(of).average().orElseThrow();
  }
}
