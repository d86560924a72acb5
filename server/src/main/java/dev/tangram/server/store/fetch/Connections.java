package dev.tangram.server.store.fetch;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/** How many connections one pull may hold at once; first come, first served. Thread-safe. */
public final class Connections {
  private final Semaphore permits;

  /** At most {@code max} at once. */
  public Connections(int max) {
    this.permits = new Semaphore(max, true);
  }

  /** Work that needs a connection. */
  @FunctionalInterface
  public interface Work<T> {
    /** Does it. */
    T run() throws IOException, InterruptedException;
  }

  /** Runs work while holding one connection. */
  public <T> T with(Work<T> work) throws IOException, InterruptedException {
    permits.acquire();
    try {
      return work.run();
    } finally {
      permits.release();
    }
  }

  /** Runs all tasks on virtual threads; the first failure stops the others and is thrown. */
  public <T> List<T> all(List<Callable<T>> tasks) throws IOException, InterruptedException {
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    try {
      CompletionService<T> completions = new ExecutorCompletionService<>(threads);
      List<Future<T>> futures = new ArrayList<>();
      for (Callable<T> task : tasks) {
        futures.add(completions.submit(task));
      }
      for (int i = 0; i < tasks.size(); i++) {
        result(completions.take());
      }
      List<T> results = new ArrayList<>();
      for (Future<T> future : futures) {
        results.add(future.resultNow());
      }
      return results;
    } finally {
      threads.shutdownNow();
      // Nobody may still write to the partial file when this returns.
      threads.close();
    }
  }

  /** The result of a finished task, its failure as it was thrown. */
  public static <T> T result(Future<T> future) throws IOException, InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException failure -> throw failure;
        case InterruptedException failure -> throw failure;
        case RuntimeException failure -> throw failure;
        case Error failure -> throw failure;
        default -> throw new IllegalStateException(e.getCause());
      }
    }
  }
}
