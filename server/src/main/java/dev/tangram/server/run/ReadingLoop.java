package dev.tangram.server.run;

import dev.tangram.engine.Generation;
import dev.tangram.engine.GenerationRequest;
import dev.tangram.engine.Submission;
import dev.tangram.schedule.Rejection;
import dev.tangram.server.host.Lease;
import dev.tangram.server.http.ApiException;
import dev.tangram.server.http.ClientGoneException;
import dev.tangram.server.http.Exchange;
import dev.tangram.server.observe.UsageSink;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads vectors or logits of many prompts of one request, in order. Only a window of them waits in
 * the engine's line at a time, so that one request of thousands of texts leaves room for others;
 * when the line is full, the window waits for its own. However it goes, each prompt that was
 * admitted is cancelled if it still runs, and metered once.
 */
final class ReadingLoop {
  private static final Logger LOG = LoggerFactory.getLogger(ReadingLoop.class);
  private static final long SETTLE_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** Prompts of one request in the engine at once: enough for two steps of short texts. */
  private static final int WINDOW = 64;

  private record Flight(int index, Generation generation) {}

  private final Exchange exchange;
  private final Lease lease;
  private final Answering answering;
  private final Consumer<Rejection> refusal;
  private final ArrayDeque<Flight> flights = new ArrayDeque<>();

  /**
   * @param refusal throws what the client is told
   */
  ReadingLoop(Exchange exchange, Lease lease, UsageSink usages, Consumer<Rejection> refusal) {
    this.exchange = exchange;
    this.lease = lease;
    this.answering = new Answering(exchange, lease.name(), usages);
    this.refusal = refusal;
  }

  /**
   * Returns the values of each request, in order.
   *
   * @throws ClientGoneException if the client left
   * @throws ApiException if the engine refused, failed or stopped, or the request's time is over
   */
  List<float[]> run(List<GenerationRequest> requests) throws InterruptedException {
    var values = new ArrayList<float[]>();
    int next = 0;
    try {
      while (values.size() < requests.size()) {
        while (next < requests.size() && flights.size() < WINDOW && admit(requests, next)) {
          next++;
        }
        values.add(await(flights.getFirst().generation()));
      }
      return values;
    } finally {
      settle();
    }
  }

  /** Whether it was taken; refuses for good only if nothing of this request is on its way. */
  private boolean admit(List<GenerationRequest> requests, int index) {
    switch (lease.engine().submit(requests.get(index))) {
      case Submission.Admitted(Generation generation) -> {
        flights.addLast(new Flight(index, generation));
        return true;
      }
      case Submission.Refused(Rejection rejection) -> {
        if (!(rejection instanceof Rejection.QueueFull) || flights.isEmpty()) {
          refusal.accept(rejection);
        }
        return false;
      }
    }
  }

  private float[] await(Generation generation) throws InterruptedException {
    long silence = exchange.limits().heartbeat().toMillis();
    while (true) {
      Optional<Generation.Event> event = generation.next(silence);
      if (event.isPresent() && event.get() instanceof Generation.Finished finished) {
        answering.meter(flights.removeFirst().index(), finished);
        answering.checkWanted();
        answering.checkComplete(finished);
        return finished.values();
      }
      answering.checkWanted();
    }
  }

  private void settle() throws InterruptedException {
    flights.forEach(flight -> flight.generation().cancel());
    long due = System.nanoTime() + SETTLE_NANOS;
    while (!flights.isEmpty()) {
      long left = due - System.nanoTime();
      if (left <= 0) {
        LOG.error("request {}: {} prompts did not end", exchange.id(), flights.size());
        return;
      }
      Optional<Generation.Event> event =
          flights.getFirst().generation().next(Math.max(1, TimeUnit.NANOSECONDS.toMillis(left)));
      if (event.isPresent() && event.get() instanceof Generation.Finished finished) {
        answering.meter(flights.removeFirst().index(), finished);
      }
    }
  }
}
