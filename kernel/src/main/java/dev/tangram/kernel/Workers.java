package dev.tangram.kernel;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/**
 * A fixed pool of platform threads that share out the chunks of one kernel call. Between calls a
 * worker spins briefly, then parks: a fork and join between spinning threads takes a microsecond,
 * and a model makes some hundred of them for each token.
 *
 * <p>Threads: {@link #run} is called by one thread at a time (the engine's); the caller works too.
 */
public final class Workers implements AutoCloseable {
  /**
   * How long a worker looks for the next call before it parks; a decode step's calls follow each
   * other faster.
   */
  private static final long SPIN_NANOS = 50_000;

  private final Thread[] helpers;

  // The call in flight. Helpers see a new one by its identity and leave it through its own
  // counters, so a helper that
  // wakes late finds a finished call and touches nothing of the next one.
  private volatile Call call;
  private volatile boolean closed;

  private static final class Call {
    final int chunks;
    final IntConsumer chunk;
    final AtomicInteger next = new AtomicInteger();
    final AtomicInteger done = new AtomicInteger();
    final AtomicReference<Throwable> failure = new AtomicReference<>();

    Call(int chunks, IntConsumer chunk) {
      this.chunks = chunks;
      this.chunk = chunk;
    }

    /** Takes chunks until none is left. */
    void work() {
      int i = next.getAndIncrement();
      while (i < chunks) {
        try {
          chunk.accept(i);
        } catch (
            Throwable e) { // also a checked one that was sneaked in: uncounted, its chunk would be
          // awaited forever
          failure.compareAndSet(null, e);
        }
        done.incrementAndGet();
        i = next.getAndIncrement();
      }
    }
  }

  /** Starts {@code threads - 1} daemon threads. */
  public Workers(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be at least 1, found " + threads);
    }
    helpers = new Thread[threads - 1];
    for (int i = 0; i < helpers.length; i++) {
      helpers[i] = Thread.ofPlatform().name("kernel worker " + (i + 1)).daemon().start(this::help);
    }
  }

  /** Threads that work on a call, the caller included. */
  public int threads() {
    return helpers.length + 1;
  }

  /**
   * Runs {@code chunk.accept(i)} once for every i in [0, chunks), in any order, and returns when
   * all are done. Chunks are taken dynamically, so a stolen core delays its own chunk only.
   *
   * @throws RuntimeException the first exception a chunk threw; the other chunks still end first
   */
  public void run(int chunks, IntConsumer chunk) {
    if (chunks <= 0) {
      return;
    }
    Call mine = new Call(chunks, chunk);
    if (chunks > 1 && helpers.length > 0) {
      call = mine;
      for (Thread helper : helpers) {
        LockSupport.unpark(helper);
      }
    }
    mine.work();
    long spinUntil = 0;
    while (mine.done.get() < chunks) {
      // The last chunks run elsewhere. Spin, unless their thread lost its core: then give ours
      // away.
      if (spinUntil == 0) {
        spinUntil = System.nanoTime() + SPIN_NANOS;
      } else if (System.nanoTime() > spinUntil) {
        Thread.yield();
      }
      Thread.onSpinWait();
    }
    call = null;
    switch (mine.failure.get()) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw new IllegalStateException(e);
    }
  }

  private void help() {
    Call last = null;
    while (!closed) {
      Call current = await(last);
      if (current != null) {
        current.work();
        last = current;
      }
    }
  }

  /** The next call; null if the pool was closed or nothing came and a park ended. */
  private Call await(Call last) {
    long spinUntil = System.nanoTime() + SPIN_NANOS;
    while (true) {
      Call current = call;
      if (current != null && current != last) {
        return current;
      }
      if (closed) {
        return null;
      }
      if (System.nanoTime() > spinUntil) {
        LockSupport.park(this);
        return null;
      }
      Thread.onSpinWait();
    }
  }

  /** Ends the threads; a call in flight finishes first. */
  @Override
  public void close() {
    closed = true;
    for (Thread helper : helpers) {
      LockSupport.unpark(helper);
    }
    boolean interrupted = false;
    for (Thread helper : helpers) {
      while (helper.isAlive()) {
        try {
          helper.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
