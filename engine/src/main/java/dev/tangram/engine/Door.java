package dev.tangram.engine;

import dev.tangram.schedule.FinishReason;
import dev.tangram.schedule.Rejection;
import dev.tangram.schedule.Sequence;
import dev.tangram.schedule.admit.AdmissionQueue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * What stands between those who ask and the one thread that computes: the waiting line, the entries
 * that have come in and not yet left, and the lock that guards both.
 *
 * <p>Threads: any for {@link #offer}, {@link #wake}, {@link #drain} and {@link #close}; {@link
 * #run} is the thread that computes; the others by whoever holds the lock.
 *
 * @param <E> what an engine keeps of a sequence
 */
final class Door<E> {
  private static final Logger LOG = Logger.getLogger(Door.class.getName());

  /**
   * The engine behind the door.
   *
   * @param <P> a step's plan
   */
  interface Owner<P> {
    /** Under the lock: the next step, or null if there is nothing to do. */
    P plan();

    /** Without the lock. */
    void step(P plan);

    /** Under the lock: some entry was cancelled since the last call. */
    void cancelled();

    /**
     * Under the lock, once: no step comes any more, all entries have to leave.
     *
     * @param reason {@code CANCELLED} if somebody closed the door, {@code ERROR} if a step threw
     */
    void ended(FinishReason reason);
  }

  private final AdmissionQueue queue;
  private final Function<E, Sequence> sequence;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  private final Condition idle = lock.newCondition();
  private final Map<Sequence, E> entries = new LinkedHashMap<>();
  private boolean cancelSeen;
  private boolean closing;

  Door(AdmissionQueue queue, Function<E, Sequence> sequence) {
    this.queue = queue;
    this.sequence = sequence;
  }

  /** Takes an entry into the waiting line or refuses it. */
  Optional<Rejection> offer(E entry) {
    lock.lock();
    try {
      if (closing) {
        return Optional.of(new Rejection.Draining());
      }
      Sequence waiting = sequence.apply(entry);
      Optional<Rejection> refused = queue.offer(waiting);
      if (refused.isEmpty()) {
        entries.put(waiting, entry);
        work.signal();
      }
      return refused;
    } finally {
      lock.unlock();
    }
  }

  /** A mailbox was cancelled. */
  void wake() {
    underLock(
        () -> {
          cancelSeen = true;
          work.signal();
        });
  }

  /** Refuses what comes and waits for what is here. True if all of it ended in time. */
  boolean drain(long nanos) {
    lock.lock();
    try {
      queue.drain();
      long left = nanos;
      while (!entries.isEmpty() && left > 0) {
        left = idle.awaitNanos(left);
      }
      return entries.isEmpty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  /** Asks the thread that computes to cancel everything and end. */
  void close() {
    underLock(
        () -> {
          closing = true;
          work.signal();
        });
  }

  /** Closes the door and waits, whatever interrupts, for the end of the thread that computes. */
  void closeAndJoin(Thread computing) {
    close();
    boolean interrupted = false;
    while (computing.isAlive()) {
      try {
        computing.join();
      } catch (InterruptedException e) {
        // The memory may only go when no step reads it any more.
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Computes until somebody closes the door. */
  <P> void run(Owner<P> owner) {
    try {
      for (P plan = next(owner); plan != null; plan = next(owner)) {
        owner.step(plan);
      }
    } catch (Throwable broken) {
      // A broken invariant or a dying VM: what runs is ended with an error, nothing new is taken.
      LOG.log(Level.SEVERE, "an engine's loop ended", broken);
    } finally {
      underLock(
          () -> {
            FinishReason reason = closing ? FinishReason.CANCELLED : FinishReason.ERROR;
            closing = true;
            owner.ended(reason);
            idle.signalAll();
          });
    }
  }

  /** Waits for work and plans it; null when the loop shall end. */
  private <P> P next(Owner<P> owner) throws InterruptedException {
    lock.lock();
    try {
      while (true) {
        if (closing) {
          return null;
        }
        if (cancelSeen) {
          cancelSeen = false;
          owner.cancelled();
        }
        P plan = owner.plan();
        if (plan != null) {
          return plan;
        }
        idle.signalAll();
        work.await();
      }
    } finally {
      lock.unlock();
    }
  }

  void underLock(Runnable action) {
    lock.lock();
    try {
      action.run();
    } finally {
      lock.unlock();
    }
  }

  /** Those that are inside; a copy. */
  List<E> entries() {
    return List.copyOf(entries.values());
  }

  int size() {
    return entries.size();
  }

  E entry(Sequence of) {
    return entries.get(of);
  }

  /** Whether it was inside. */
  boolean leave(Sequence leaving) {
    boolean was = entries.remove(leaving) != null;
    if (was && entries.isEmpty()) {
      idle.signalAll();
    }
    return was;
  }
}
