package dev.tangram.server.run;

import dev.tangram.engine.Engine;
import dev.tangram.engine.Generation;
import dev.tangram.engine.GenerationRequest;
import dev.tangram.engine.Submission;
import dev.tangram.schedule.Rejection;
import dev.tangram.server.host.Lease;
import dev.tangram.server.http.ApiException;
import dev.tangram.server.http.Exchange;
import dev.tangram.server.observe.Metrics;
import dev.tangram.server.observe.UsageSink;
import java.util.ArrayList;
import java.util.List;

/** Gives requests to an engine: all of one client's request, or none. */
public final class Submitter {
  private static final int RETRY_SECONDS = 5;

  private final Metrics metrics;
  private final UsageSink usages;

  /**
   * @param usages told of every generation, once; the metrics are told too
   */
  public Submitter(Metrics metrics, UsageSink usages) {
    this.metrics = metrics;
    this.usages = usages.and(metrics);
  }

  /**
   * Submits at once, in order.
   *
   * @param param the field that holds the prompt
   * @throws ApiException 400 or 503 if one of them is refused; those before it are cancelled
   */
  public GenerationLoop submit(
      Exchange exchange, Lease lease, String param, List<GenerationRequest> requests)
      throws InterruptedException {
    var generations = new ArrayList<Generation>();
    for (GenerationRequest request : requests) {
      switch (lease.engine().submit(request)) {
        case Submission.Admitted(Generation generation) -> generations.add(generation);
        case Submission.Refused(Rejection rejection) -> {
          metrics.rejected(rejection.code());
          if (!generations.isEmpty()) {
            loop(exchange, lease, generations).abandon();
          }
          throw refusal(param, rejection);
        }
      }
    }
    return loop(exchange, lease, generations);
  }

  /**
   * Reads vectors or logits of prompts, and waits for all of them.
   *
   * @param param the field that holds the prompts
   * @return the values of each, in order
   * @throws ApiException 400 or 503 if one of them is refused, and as {@link GenerationLoop#run}
   */
  public List<float[]> read(
      Exchange exchange, Lease lease, String param, List<GenerationRequest> requests)
      throws InterruptedException {
    var loop =
        new ReadingLoop(
            exchange,
            lease,
            usages,
            rejection -> {
              metrics.rejected(rejection.code());
              throw refusal(param, rejection);
            });
    return loop.run(requests);
  }

  /** Counts a refusal that was decided before an engine was asked. */
  public ApiException tooLong(String param, String message) {
    String code = new Rejection.PromptTooLong(0, 0, 1).code();
    metrics.rejected(code);
    return ApiException.invalid(param, code, message);
  }

  private GenerationLoop loop(Exchange exchange, Lease lease, List<Generation> generations) {
    return new GenerationLoop(exchange, lease.name(), generations, metrics, usages);
  }

  /**
   * Tokens a generation may make: what was asked for, else what is left of the context.
   *
   * @param param the field that holds the prompt
   * @param wanted null if the client said nothing
   * @throws ApiException 400 if prompt and tokens do not fit
   */
  public int tokensMax(Engine engine, String param, int promptTokens, Integer wanted) {
    int context = engine.card().contextLength();
    int left = context - promptTokens;
    if (left < (wanted == null ? 1 : wanted)) {
      var rejection =
          new Rejection.PromptTooLong(promptTokens, wanted == null ? 1 : wanted, context);
      metrics.rejected(rejection.code());
      throw refusal(param, rejection);
    }
    return wanted == null ? left : wanted;
  }

  private static ApiException refusal(String param, Rejection rejection) {
    return switch (rejection) {
      case Rejection.QueueFull full ->
          ApiException.unavailable(full.code(), full.retryAfterSeconds(), full.message());
      case Rejection.PromptTooLong tooLong ->
          ApiException.invalid(param, tooLong.code(), tooLong.message());
      case Rejection.Draining draining ->
          ApiException.unavailable(draining.code(), RETRY_SECONDS, draining.message());
    };
  }
}
