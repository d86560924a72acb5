package dev.tangram.server.observe;

import dev.tangram.engine.EngineStats;
import dev.tangram.schedule.FinishReason;
import dev.tangram.server.host.LoadedModel;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * The metrics of this process, under the names vLLM made common, so that existing dashboards and
 * autoscalers work.
 *
 * <p>Micrometer would turn the colon of these names into an underscore, so they are registered
 * beneath it.
 */
public final class Metrics implements UsageSink, AutoCloseable {
  private static final double[] SECONDS = {
    0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40,
    80, 160, 640
  };
  private static final String MODEL = "model_name";

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final PrometheusMeterRegistry micrometer =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT, registry, Clock.SYSTEM);
  private final JvmGcMetrics gc = new JvmGcMetrics();
  private final Supplier<List<LoadedModel>> loaded;

  private final Counter promptTokens = counter("vllm:prompt_tokens", "Prompt tokens processed");
  private final Counter generationTokens = counter("vllm:generation_tokens", "Tokens generated");
  private final Counter successes =
      Counter.builder()
          .name("vllm:request_success")
          .help("Generations by the way they ended")
          .labelNames(MODEL, "finished_reason")
          .withoutExemplars()
          .register(registry);
  private final Counter rejections =
      Counter.builder()
          .name("tangram:request_rejections")
          .help("Requests that were refused, by code")
          .labelNames("code")
          .withoutExemplars()
          .register(registry);
  private final Histogram firstToken =
      histogram("vllm:time_to_first_token_seconds", "From submit to the first token");
  private final Histogram interToken =
      histogram("vllm:inter_token_latency_seconds", "Between two tokens of a generation");
  private final Histogram endToEnd =
      histogram("vllm:e2e_request_latency_seconds", "From submit to the last token");
  private final Histogram queued =
      histogram("vllm:request_queue_time_seconds", "From submit to the first step");
  private final Histogram prefill =
      histogram("vllm:request_prefill_time_seconds", "From the first step to the first token");
  private final Histogram decode =
      histogram("vllm:request_decode_time_seconds", "From the first token to the last");

  /**
   * @param loaded the open models, asked at every scrape
   */
  public Metrics(Supplier<List<LoadedModel>> loaded) {
    this.loaded = loaded;
    new JvmMemoryMetrics().bindTo(micrometer);
    new JvmThreadMetrics().bindTo(micrometer);
    new ProcessorMetrics().bindTo(micrometer);
    gc.bindTo(micrometer);
    gauge("vllm:num_requests_running", "Sequences in the batch", EngineStats::running);
    gauge("vllm:num_requests_waiting", "Sequences in the waiting line", EngineStats::waiting);
    gauge(
        "vllm:kv_cache_usage_perc", "Share of KV blocks in use, 0 to 1", EngineStats::kvCacheUsage);
    total("vllm:prefix_cache_queries", "Prompt tokens looked up", EngineStats::prefixQueries);
    total("vllm:prefix_cache_hits", "Prompt tokens found", EngineStats::prefixHits);
    total("vllm:num_preemptions", "Sequences sent back to wait", EngineStats::preemptions);
    total("vllm:spec_decode_num_drafts", "Steps of a sequence with guesses", EngineStats::drafts);
    total("vllm:spec_decode_num_draft_tokens", "Tokens guessed", EngineStats::draftTokens);
    total(
        "vllm:spec_decode_num_accepted_tokens",
        "Guesses that were right",
        EngineStats::acceptedTokens);
  }

  @Override
  public void accept(UsageRecord record) {
    String model = record.model();
    var usage = record.usage();
    promptTokens.labelValues(model).inc(usage.promptTokens());
    generationTokens.labelValues(model).inc(usage.completionTokens());
    successes.labelValues(model, reason(record.reason())).inc();
    queued.labelValues(model).observe(usage.queueNanos() / 1e9);
    if (usage.completionTokens() > 0) {
      firstToken.labelValues(model).observe(usage.ttftSeconds());
      prefill.labelValues(model).observe(usage.prefillNanos() / 1e9);
      decode.labelValues(model).observe(usage.decodeNanos() / 1e9);
    }
    endToEnd
        .labelValues(model)
        .observe((usage.queueNanos() + usage.prefillNanos() + usage.decodeNanos()) / 1e9);
  }

  /** A token came so long after the one before it. */
  public void interToken(String model, long nanos) {
    interToken.labelValues(model).observe(nanos / 1e9);
  }

  /** A request was refused. */
  public void rejected(String code) {
    rejections.labelValues(code).inc();
  }

  /** The text that Prometheus reads, version 0.0.4. */
  public String scrape() {
    return micrometer.scrape("text/plain; version=0.0.4; charset=utf-8");
  }

  @Override
  public void close() {
    gc.close();
    micrometer.close();
  }

  /** vLLM says "abort" for what was cancelled. */
  private static String reason(FinishReason reason) {
    return reason == FinishReason.CANCELLED ? "abort" : reason.name().toLowerCase(Locale.ROOT);
  }

  private Counter counter(String name, String help) {
    return Counter.builder()
        .name(name)
        .help(help)
        .labelNames(MODEL)
        .withoutExemplars()
        .register(registry);
  }

  private Histogram histogram(String name, String help) {
    return Histogram.builder()
        .name(name)
        .help(help)
        .labelNames(MODEL)
        .withoutExemplars()
        .classicOnly()
        .classicUpperBounds(SECONDS)
        .register(registry);
  }

  private void gauge(String name, String help, ToDoubleFunction<EngineStats> value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .labelNames(MODEL)
        .callback(
            callback ->
                loaded
                    .get()
                    .forEach(
                        model ->
                            callback.call(
                                value.applyAsDouble(model.engine().stats()), model.name())))
        .register(registry);
  }

  private void total(String name, String help, ToDoubleFunction<EngineStats> value) {
    CounterWithCallback.builder()
        .name(name)
        .help(help)
        .labelNames(MODEL)
        .callback(
            callback ->
                loaded
                    .get()
                    .forEach(
                        model ->
                            callback.call(
                                value.applyAsDouble(model.engine().stats()), model.name())))
        .register(registry);
  }
}
