package dev.tangram.server.run;

import dev.tangram.engine.Generation;
import dev.tangram.schedule.FinishReason;
import dev.tangram.server.http.ApiException;
import dev.tangram.server.http.ClientGoneException;
import dev.tangram.server.http.Exchange;
import dev.tangram.server.observe.UsageRecord;
import dev.tangram.server.observe.UsageSink;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What holds while a request is answered, whatever it asked for: its client, its time, its bill.
 */
record Answering(Exchange exchange, String model, UsageSink usages) {
  private static final Logger LOG = LoggerFactory.getLogger(Answering.class);

  /**
   * Looks whether the answer is still wanted.
   *
   * @throws ClientGoneException if the client left
   * @throws ApiException if the request's time is over
   */
  void checkWanted() {
    if (exchange.isClientGone()) {
      throw new ClientGoneException("while it was answered");
    }
    if (System.nanoTime() - exchange.dueNanos() > 0) {
      throw ApiException.failed(
          504,
          "request_timeout",
          "The answer was not complete within the time a request may take.");
    }
  }

  /**
   * Looks how it ended.
   *
   * @throws ApiException if the engine failed or stopped
   */
  void checkComplete(Generation.Finished finished) {
    switch (finished.reason()) {
      case STOP, LENGTH -> {}
      case CANCELLED ->
          throw ApiException.unavailable(
              "draining", 5, "The model was stopped before the answer was complete.");
      case ERROR -> {
        LOG.error("request {}: the model failed: {}", exchange.id(), finished.error());
        throw ApiException.failed(
            500,
            "generation_failed",
            "The model failed while it answered. Request id: " + exchange.id());
      }
    }
  }

  /** To be called once for each prompt or choice that was admitted. */
  void meter(int choice, Generation.Finished finished) {
    var usage = finished.usage();
    exchange.noteTokens(usage.promptTokens(), usage.completionTokens());
    FinishReason reason = finished.reason();
    usages.accept(new UsageRecord(exchange.id(), model, choice, reason, usage));
  }
}
