package dev.tangram.kernel;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/**
 * A fixed pool of platform threads that share out the chunks of one kernel call. Whoever waits, a
 * worker for the next call or the caller for the last chunks, spins briefly, then parks: a fork and
 * join between spinning threads takes a microsecond, and a model makes some hundred of them for
 * each token. But where another process took a worker's core, the core that spins is the one that
 * the worker could go on with, and the system moves it there only when that core has nothing to do.
 *
 * <p>Threads: {@link #run} is called by one thread at a time (the engine's); the caller works too.
 */
public final class Workers implements AutoCloseable {
  /**
   * How long a thread spins before it parks; a decode step's calls follow each other faster, and
   * most chunks take less.
   */
  private static final long SPIN_NANOS = 50_000;

  private final Helper[] helpers;

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

    /** The caller, once it has parked; set before it looks at {@link #done} for the last time. */
    volatile Thread waiting;

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
        if (done.incrementAndGet() == chunks && waiting != null) {
          LockSupport.unpark(waiting);
        }
        i = next.getAndIncrement();
      }
    }
  }

  /** Starts {@code threads - 1} daemon threads. */
  public Workers(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be at least 1, found " + threads);
    }
    helpers = new Helper[threads - 1];
    for (int i = 0; i < helpers.length; i++) {
      helpers[i] = new Helper("kernel worker " + (i + 1));
    }
    for (Helper helper : helpers) {
      helper.thread.start();
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
      for (Helper helper : helpers) {
        helper.wake();
      }
    }
    mine.work();
    await(mine);
    call = null;
    switch (mine.failure.get()) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw new IllegalStateException(e);
    }
  }

  /** Waits until the last chunks, which run elsewhere, are done. */
  private static void await(Call mine) {
    if (mine.done.get() == mine.chunks) {
      return;
    }
    long spinUntil = System.nanoTime() + SPIN_NANOS;
    while (mine.done.get() < mine.chunks) {
      if (System.nanoTime() - spinUntil < 0) {
        Thread.onSpinWait();
        continue;
      }
      mine.waiting = Thread.currentThread();
      while (mine.done.get() < mine.chunks) {
        LockSupport.park(mine);
        if (Thread.currentThread().isInterrupted()) {
          // Parking will not wait any more, and the flag is not ours to clear.
          Thread.yield();
        }
      }
    }
  }

  /** A thread of the pool. */
  private final class Helper implements Runnable {
    final Thread thread;

    /** Set before it looks for a call for the last time. */
    private volatile boolean asleep;

    Helper(String name) {
      thread = Thread.ofPlatform().name(name).daemon().unstarted(this);
    }

    /** To be called after whatever it shall see. */
    void wake() {
      if (asleep) {
        LockSupport.unpark(thread);
      }
    }

    @Override
    public void run() {
      Call last = null;
      long spinUntil = System.nanoTime() + SPIN_NANOS;
      while (!closed) {
        Call current = call;
        if (current != null && current != last) {
          current.work();
          last = current;
          spinUntil = System.nanoTime() + SPIN_NANOS;
        } else if (System.nanoTime() - spinUntil < 0) {
          Thread.onSpinWait();
        } else {
          sleep(last);
          // The call it was woken for may be over: the next one is near.
          spinUntil = System.nanoTime() + SPIN_NANOS;
        }
      }
    }

    private void sleep(Call last) {
      asleep = true;
      if (!closed && (call == null || call == last)) {
        LockSupport.park(Workers.this);
      }
      asleep = false;
    }
  }

  /** Ends the threads; a call in flight finishes first. */
  @Override
  public void close() {
    closed = true;
    for (Helper helper : helpers) {
      helper.wake();
    }
    boolean interrupted = false;
    for (Helper helper : helpers) {
      while (helper.thread.isAlive()) {
        try {
          helper.thread.join();
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
