package dev.tangram.cli;

import dev.tangram.fleet.workload.Gaps;
import dev.tangram.fleet.workload.Lengths;
import dev.tangram.fleet.workload.Request;
import dev.tangram.fleet.workload.SeededWorkload;
import dev.tangram.fleet.workload.Trace;
import dev.tangram.fleet.workload.Workload;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** What is asked for: a trace, arrivals from a seed, or such arrivals with a trace's lengths. */
final class WorkloadFlags {
  private static final double SECONDS_DRAWN = 600;
  private static final int TOKENS_MAX = 1 << 20;

  @Option(
      names = "--trace",
      paramLabel = "FILE",
      description =
          "Mooncake .jsonl or Azure LLM .csv; with --rate its lengths alone, in random order.")
  private Path trace;

  @Option(names = "--rate", paramLabel = "R", description = "Requests a second.")
  private Double rate;

  @Option(
      names = "--input",
      paramLabel = "N",
      defaultValue = "1000",
      description = "Prompt tokens in the mean (default: ${DEFAULT-VALUE}).")
  private double input;

  @Option(
      names = "--output",
      paramLabel = "N",
      defaultValue = "250",
      description = "Answer tokens in the mean (default: ${DEFAULT-VALUE}).")
  private double output;

  @Option(
      names = "--spread",
      paramLabel = "X",
      defaultValue = "1",
      description =
          "Standard deviation of lengths by their mean; 0: all the same (default: ${DEFAULT-VALUE}).")
  private double spread;

  @Option(
      names = "--bursts",
      paramLabel = "X",
      defaultValue = "1",
      description =
          "Standard deviation of the time between arrivals by its mean; 1 is Poisson (default:"
              + " ${DEFAULT-VALUE}).")
  private double bursts;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description = "Arrivals end then (default: 600, or the trace's end).")
  private Double seconds;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "42",
      description = "Of everything random (default: ${DEFAULT-VALUE}).")
  private long seed;

  /**
   * @param words what it is, for people
   * @param seconds that arrivals last
   */
  record Drawn(
      Workload workload,
      String words,
      long seed,
      double seconds,
      double promptMean,
      double outputMean) {}

  /**
   * @param models that requests are for
   */
  Drawn draw(int models) throws IOException {
    if (trace == null && rate == null) {
      throw Failure.usage("found no workload, allowed: --trace FILE or --rate R");
    }
    if (seconds != null && !(seconds > 0 && seconds <= 1e8)) {
      throw Failure.usage("--seconds: found %s, allowed: more than 0, at most 100000000", seconds);
    }
    if (rate == null && models > 1) {
      throw Failure.usage(
          "--many: found %d with a trace, which tells no models, allowed: with --rate", models);
    }
    List<Request> requests = trace == null ? List.of() : Trace.read(trace).requests();
    if (trace != null && requests.isEmpty()) {
      throw Failure.failed("%s: found no requests, allowed: 1 or more", trace);
    }
    try {
      return rate == null ? replay(requests) : drawn(requests, models);
    } catch (IllegalArgumentException e) {
      throw Failure.usage(e);
    }
  }

  private Drawn replay(List<Request> requests) {
    double last = requests.getLast().arrivalNanos() / 1e9;
    double until = seconds == null ? Math.max(1, last) : seconds;
    return new Drawn(
        new Trace(requests).replay(until),
        trace.getFileName().toString(),
        seed,
        until,
        promptMean(requests),
        outputMean(requests));
  }

  private Drawn drawn(List<Request> requests, int models) {
    double until = seconds == null ? SECONDS_DRAWN : seconds;
    boolean own = requests.isEmpty();
    Lengths lengths =
        own ? Lengths.lognormal(input, output, spread, TOKENS_MAX) : Lengths.like(requests);
    double prompt = own ? input : promptMean(requests);
    double answer = own ? output : outputMean(requests);
    return new Drawn(
        new SeededWorkload(seed, Gaps.gamma(rate, bursts), lengths, models, until),
        "%s requests/s of %.0f and %.0f tokens%s"
            .formatted(
                rate, prompt, answer, models == 1 ? "" : " for %,d models".formatted(models)),
        seed,
        until,
        prompt,
        answer);
  }

  private static double promptMean(List<Request> requests) {
    return requests.stream().mapToInt(Request::promptTokens).average().orElseThrow();
  }

  private static double outputMean(List<Request> requests) {
    return requests.stream().mapToInt(Request::outputTokens).average().orElseThrow();
  }
}
