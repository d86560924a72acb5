package dev.tangram.server.run;

import dev.tangram.engine.Generation;
import dev.tangram.engine.TokenLogprob;
import dev.tangram.server.http.ApiException;
import dev.tangram.server.http.ClientGoneException;
import dev.tangram.server.http.Exchange;
import dev.tangram.server.observe.Metrics;
import dev.tangram.server.observe.UsageSink;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the generations of one request to their ends. However it goes (client gone, time over,
 * engine failed) each generation is cancelled if it still runs, and metered once.
 *
 * <p>The client is looked for before each event is handed on and in every silence of a heartbeat,
 * so a departure costs at most two tokens while decoding and one heartbeat while waiting.
 */
public final class GenerationLoop {
  private static final Logger LOG = LoggerFactory.getLogger(GenerationLoop.class);
  private static final long SETTLE_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** What is done with the events. May throw {@link ClientGoneException}. */
  public interface Listener {
    /** Before the first delta of a choice, if asked for. */
    void promptScores(int choice, List<TokenLogprob> scores);

    void delta(int choice, Generation.Delta delta);

    void finished(int choice, Generation.Finished finished);

    /** Nothing came for a while. */
    void heartbeat();
  }

  private final Exchange exchange;
  private final String model;
  private final Choices choices;
  private final Metrics metrics;
  private final Answering answering;
  private final long[] tokenNanos;
  private int open;

  GenerationLoop(
      Exchange exchange,
      String model,
      List<Generation> generations,
      Metrics metrics,
      UsageSink usages) {
    this.exchange = exchange;
    this.model = model;
    this.metrics = metrics;
    answering = new Answering(exchange, model, usages);
    choices = new Choices(generations);
    open = generations.size();
    tokenNanos = new long[open];
  }

  /**
   * Returns once all generations finished by themselves.
   *
   * @throws ClientGoneException if the client left
   * @throws ApiException if the engine failed or stopped, or the request's time is over
   */
  public void run(Listener listener) throws InterruptedException {
    try {
      long silence = exchange.limits().heartbeat().toMillis();
      while (open > 0) {
        Optional<Choices.Tagged> next = choices.next(silence);
        if (next.isPresent() && next.get().event() instanceof Generation.Finished finished) {
          meter(next.get().choice(), finished);
        }
        answering.checkWanted();
        if (next.isEmpty()) {
          listener.heartbeat();
        } else {
          hand(next.get(), listener);
          // Virtual threads are not time-sliced: a full mailbox and a fast socket would keep the
          // carrier.
          Thread.yield();
        }
      }
    } finally {
      settle();
    }
  }

  /** Cancels and meters generations that nobody will read: admitted, then found useless. */
  void abandon() throws InterruptedException {
    settle();
  }

  private void hand(Choices.Tagged tagged, Listener listener) {
    switch (tagged.event()) {
      case Generation.PromptScores(List<TokenLogprob> scores) ->
          listener.promptScores(tagged.choice(), scores);
      case Generation.Delta delta -> {
        time(tagged.choice());
        listener.delta(tagged.choice(), delta);
      }
      case Generation.Finished finished -> {
        answering.checkComplete(finished);
        listener.finished(tagged.choice(), finished);
      }
    }
  }

  private void time(int choice) {
    long now = System.nanoTime();
    if (tokenNanos[choice] != 0) {
      metrics.interToken(model, now - tokenNanos[choice]);
    }
    tokenNanos[choice] = now;
  }

  private void settle() throws InterruptedException {
    if (open == 0) {
      return;
    }
    choices.cancel();
    long due = System.nanoTime() + SETTLE_NANOS;
    while (open > 0) {
      long left = due - System.nanoTime();
      if (left <= 0) {
        LOG.error("request {}: {} generations did not end after their cancel", exchange.id(), open);
        return;
      }
      Optional<Choices.Tagged> next =
          choices.next(Math.max(1, TimeUnit.NANOSECONDS.toMillis(left)));
      if (next.isPresent() && next.get().event() instanceof Generation.Finished finished) {
        meter(next.get().choice(), finished);
      }
    }
  }

  private void meter(int choice, Generation.Finished finished) {
    open--;
    answering.meter(choice, finished);
  }
}
