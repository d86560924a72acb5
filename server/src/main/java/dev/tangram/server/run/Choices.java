package dev.tangram.server.run;

import dev.tangram.engine.Generation;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The generations of one request, read as one. Each generation's mailbox is bounded by its tokens,
 * and so is what is collected here.
 *
 * <p>Threads: one reader; {@link #cancel} by any.
 */
final class Choices {
  /** An event of the generation with this index. */
  record Tagged(int choice, Generation.Event event) {}

  private final List<Generation> generations;
  // Null for a single generation, which is read directly.
  private final BlockingQueue<Tagged> merged;
  private boolean finished;

  Choices(List<Generation> generations) {
    this.generations = generations;
    merged = generations.size() == 1 ? null : new LinkedBlockingQueue<>();
    if (merged != null) {
      for (int i = 0; i < generations.size(); i++) {
        int choice = i;
        Thread.ofVirtual().name("choice-" + i).start(() -> pump(choice));
      }
    }
  }

  private void pump(int choice) {
    try {
      Generation.Event event;
      do {
        event = generations.get(choice).next();
        merged.add(new Tagged(choice, event));
      } while (!(event instanceof Generation.Finished));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  int size() {
    return generations.size();
  }

  /** Waits at most so long; empty if nothing came, or the only generation has finished already. */
  Optional<Tagged> next(long millis) throws InterruptedException {
    if (merged != null) {
      return Optional.ofNullable(merged.poll(millis, TimeUnit.MILLISECONDS));
    }
    if (finished) {
      return Optional.empty();
    }
    Optional<Tagged> next = generations.getFirst().next(millis).map(event -> new Tagged(0, event));
    finished = next.isPresent() && next.get().event() instanceof Generation.Finished;
    return next;
  }

  void cancel() {
    generations.forEach(Generation::cancel);
  }
}
