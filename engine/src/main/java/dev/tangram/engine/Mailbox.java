package dev.tangram.engine;

import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A generation's events between the step loop and its reader. It never holds more than the tokens
 * that were asked for plus two events, so the step loop puts without waiting and a slow reader
 * delays nobody.
 *
 * <p>Threads: {@link #put} by the step loop, {@link #next} by one reader, {@link #cancel} by any.
 */
final class Mailbox implements Generation {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();
  private final ArrayDeque<Event> events = new ArrayDeque<>();
  private final Runnable onCancel;
  private Finished finished;
  private volatile boolean cancelled;

  /**
   * @param onCancel wakes the step loop
   */
  Mailbox(Runnable onCancel) {
    this.onCancel = onCancel;
  }

  void put(Event event) {
    lock.lock();
    try {
      events.add(event);
      arrived.signal();
    } finally {
      lock.unlock();
    }
  }

  boolean isCancelled() {
    return cancelled;
  }

  @Override
  public Event next() throws InterruptedException {
    while (true) {
      Optional<Event> event = next(Long.MAX_VALUE / 1_000_000);
      if (event.isPresent()) {
        return event.get();
      }
    }
  }

  @Override
  public Optional<Event> next(long millis) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = TimeUnit.MILLISECONDS.toNanos(millis);
      while (events.isEmpty() && finished == null) {
        if (left <= 0) {
          return Optional.empty();
        }
        left = arrived.awaitNanos(left);
      }
      if (finished != null) {
        return Optional.of(finished);
      }
      Event event = events.poll();
      if (event instanceof Finished last) {
        finished = last;
      }
      return Optional.of(event);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void cancel() {
    if (!cancelled) {
      cancelled = true;
      onCancel.run();
    }
  }
}
