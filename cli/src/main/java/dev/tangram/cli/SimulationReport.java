package dev.tangram.cli;

import dev.tangram.cli.text.Table;
import dev.tangram.fleet.chip.Figure;
import dev.tangram.fleet.cost.Evidence;
import dev.tangram.fleet.cost.Replica;
import dev.tangram.fleet.report.HtmlPage;
import dev.tangram.fleet.sim.EngineLimits;
import dev.tangram.fleet.sim.Objective;
import dev.tangram.fleet.sim.Outcome;
import dev.tangram.fleet.sim.Quantiles;
import dev.tangram.fleet.sim.Timeline;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What a simulation says, for people and for programs.
 *
 * @param price of a chip for an hour; null if nobody said one
 */
record SimulationReport(
    Replica replica,
    int replicas,
    EngineLimits limits,
    Evidence evidence,
    WorkloadFlags.Drawn drawn,
    Double price) {
  private static final double HOUR = 3600;
  private static final double MILLI = 1e3;

  private int chips() {
    return replicas * replica.parallelism().chips();
  }

  /** Of all chips, for as long as the run lasted. */
  private OptionalDouble cost(Outcome outcome) {
    return price == null
        ? OptionalDouble.empty()
        : OptionalDouble.of(price * chips() * outcome.seconds() / HOUR);
  }

  /** At the rated power while a step runs; nothing is known of idle chips. */
  private OptionalDouble kilowattHours(Outcome outcome) {
    return replica.chip().powerWatts() instanceof Figure.Known(double watts)
        ? OptionalDouble.of(
            watts * replica.parallelism().chips() * outcome.busySeconds() / HOUR / MILLI)
        : OptionalDouble.empty();
  }

  String text(Outcome outcome, Objective objective) {
    StringBuilder text = new StringBuilder();
    line(text, "model", replica.model().name() + ", " + replica.weights() + " weights");
    line(
        text,
        "replicas",
        "%d of %d x %s: %,d tokens of keys and values, %d sequences each"
            .formatted(
                replicas,
                replica.parallelism().chips(),
                replica.chip().id(),
                (long) limits.blocks() * limits.blockLength(),
                limits.batch().sequencesMax()));
    line(
        text,
        "workload",
        "%s, %.0f s, seed %d".formatted(drawn.words(), drawn.seconds(), drawn.seed()));
    line(text, "times", evidence.words());
    text.append('\n');
    text.append(latencies(outcome)).append('\n');
    line(
        text,
        "requests",
        "%,d: %,d finished, %,d refused, %,d begun again after a failure"
            .formatted(
                outcome.requests(), outcome.finished(), outcome.refused(), outcome.retried()));
    line(
        text,
        "good",
        "%.1f %% within TTFT %.4g s and TPOT %.4g ms; goodput %,.0f tok/s"
            .formatted(
                100 * outcome.goodShare(),
                objective.ttftSeconds(),
                objective.tpotSeconds() * MILLI,
                outcome.goodput()));
    line(
        text,
        "tokens",
        "%,d read, %,d cached, %,d answered (%,.0f tok/s), %,d lost"
            .formatted(
                outcome.readTokens(),
                outcome.cachedTokens(),
                outcome.outputTokens(),
                outcome.outputTokensPerSecond(),
                outcome.lostTokens()));
    line(
        text,
        "replicas",
        "busy %.1f %% of %,.1f s, %.1f sequences a step, %,d preemptions, %,d switches"
            .formatted(
                100 * outcome.busyShare(),
                outcome.seconds(),
                (double) outcome.sequenceSteps() / Math.max(1, outcome.steps()),
                outcome.preemptions(),
                outcome.switches()));
    line(text, "energy", energy(outcome));
    cost(outcome)
        .ifPresent(
            cost ->
                line(
                    text,
                    "cost",
                    "%,.2f; %,.2f for a million answer tokens"
                        .formatted(cost, cost / Math.max(1, outcome.outputTokens()) * 1e6)));
    return text.toString();
  }

  private String energy(Outcome outcome) {
    OptionalDouble energy = kilowattHours(outcome);
    return energy.isEmpty()
        ? "unknown: nobody published the chip's power"
        : "%,.2f kWh at rated power while busy, %.2f kWh for a million answer tokens"
            .formatted(
                energy.getAsDouble(),
                energy.getAsDouble() / Math.max(1, outcome.outputTokens()) * 1e6);
  }

  private static String latencies(Outcome outcome) {
    Table table = new Table("", "MEAN", "P50", "P90", "P99", "MOST");
    row(table, "TTFT, s", outcome.ttftSeconds(), 1);
    row(table, "TPOT, ms", outcome.tpotSeconds(), MILLI);
    row(table, "whole, s", outcome.endSeconds(), 1);
    return table.render();
  }

  private static void row(Table table, String name, Quantiles of, double scale) {
    table.row(
        name,
        figure(of.mean() * scale),
        figure(of.p50() * scale),
        figure(of.p90() * scale),
        figure(of.p99() * scale),
        figure(of.max() * scale));
  }

  private static String figure(double value) {
    return value >= 100
        ? "%,.0f".formatted(value)
        : value >= 10 ? "%.1f".formatted(value) : "%.3f".formatted(value);
  }

  private static void line(StringBuilder text, String name, String words) {
    text.append("%-10s".formatted(name)).append(words).append('\n');
  }

  /** One HTML page that needs nothing else. */
  String page(Outcome outcome, Objective objective, Timeline timeline) {
    double[] arrivals = new double[timeline.count()];
    double[] tokens = new double[timeline.count()];
    double[] unfinished = new double[timeline.count()];
    for (int i = 0; i < timeline.count(); i++) {
      arrivals[i] = timeline.arrivalsPerSecond(i);
      tokens[i] = timeline.outputTokensPerSecond(i);
      unfinished[i] = timeline.unfinishedMost(i);
    }
    double step = timeline.bucketSeconds();
    return new HtmlPage(
            "%s on %d x %s".formatted(replica.model().name(), chips(), replica.chip().id()))
        .figure("requests finished", "%,d".formatted(outcome.finished()))
        .figure("good", "%.1f %%".formatted(100 * outcome.goodShare()))
        .figure("answer tokens/s", "%,.0f".formatted(outcome.outputTokensPerSecond()))
        .figure("TTFT p99", figure(outcome.ttftSeconds().p99()) + " s")
        .figure("TPOT p99", figure(outcome.tpotSeconds().p99() * MILLI) + " ms")
        .figure("busy", "%.1f %%".formatted(100 * outcome.busyShare()))
        .chart("Requests that arrive, per second", step, arrivals)
        .chart("Requests in the fleet, most at once", step, unfinished)
        .chart("Answer tokens, per second", step, tokens)
        .text(text(outcome, objective))
        .render();
  }

  String json(Outcome outcome) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("model", replica.model().name());
    facts.put("chip", replica.chip().id());
    facts.put("replicas", replicas);
    facts.put("chips", chips());
    facts.put("evidence", evidence.words());
    facts.put("workload", drawn.words());
    facts.put("seed", drawn.seed());
    facts.put("kv_tokens_per_replica", (long) limits.blocks() * limits.blockLength());
    facts.put("seconds", outcome.seconds());
    facts.put("requests", outcome.requests());
    facts.put("finished", outcome.finished());
    facts.put("refused", outcome.refused());
    facts.put("retried", outcome.retried());
    facts.put("good", outcome.good());
    facts.put("preemptions", outcome.preemptions());
    facts.put("switches", outcome.switches());
    facts.put("models_active", outcome.modelsActive());
    facts.put("prompt_tokens", outcome.promptTokens());
    facts.put("cached_tokens", outcome.cachedTokens());
    facts.put("read_tokens", outcome.readTokens());
    facts.put("output_tokens", outcome.outputTokens());
    facts.put("lost_tokens", outcome.lostTokens());
    facts.put("output_tokens_per_s", outcome.outputTokensPerSecond());
    facts.put("goodput_tokens_per_s", outcome.goodput());
    facts.put("busy_share", outcome.busyShare());
    facts.put("ttft_s", quantiles(outcome.ttftSeconds()));
    facts.put("tpot_s", quantiles(outcome.tpotSeconds()));
    facts.put("whole_s", quantiles(outcome.endSeconds()));
    OptionalDouble energy = kilowattHours(outcome);
    facts.put("busy_kwh", energy.isEmpty() ? "unknown" : energy.getAsDouble());
    cost(outcome).ifPresent(cost -> facts.put("cost", cost));
    facts.put("events", outcome.events());
    facts.put("sequence_steps", outcome.sequenceSteps());
    return JsonText.write(facts);
  }

  private static Map<String, Object> quantiles(Quantiles of) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("mean", of.mean());
    facts.put("p50", of.p50());
    facts.put("p90", of.p90());
    facts.put("p99", of.p99());
    facts.put("max", of.max());
    return facts;
  }
}
