package dev.tangram.engine;

import dev.tangram.engine.packed.ModelCopy;
import dev.tangram.kernel.Selection;
import dev.tangram.kernel.Workers;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Chooses the kernels and reads the packed copy on a thread of its own, while the thread that opens
 * the model reads its header and builds its tokenizer: on a cold start each takes a good part of a
 * second.
 *
 * <p>Threads: all methods by the thread that opens the model.
 */
final class HeadStart implements AutoCloseable {
  private record Chosen(Selection selection, ModelCopy copy) {}

  private final CompletableFuture<Boolean> room = new CompletableFuture<>();
  private final FutureTask<Chosen> task;
  private boolean taken;

  /** Begins; the copy is read after {@link #thereIsRoom}. */
  HeadStart(Path model, EngineOptions options, Workers workers) {
    task =
        new FutureTask<>(
            () -> {
              Selection selection = Selection.choose(options.kernels(), workers);
              ModelCopy copy =
                  ModelCopy.of(options.packedCopies(), model, selection.kernels().packedForms());
              if (room.get()) {
                copy.read();
              }
              return new Chosen(selection, copy);
            });
    Thread.ofPlatform().name("head start").daemon().start(task);
  }

  /** The weights are known to fit the machine's memory. */
  void thereIsRoom() {
    room.complete(true);
  }

  /**
   * The kernels.
   *
   * @throws RuntimeException as {@link Selection#choose}
   */
  Selection selection() {
    return chosen().selection();
  }

  /** The copy, which is from now on the caller's to close. */
  ModelCopy copy() {
    ModelCopy copy = chosen().copy();
    taken = true;
    return copy;
  }

  private Chosen chosen() {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return task.get();
        } catch (InterruptedException e) {
          // What it reads into must not be freed before it ended.
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException thrown -> throw thrown;
        case Error thrown -> throw thrown;
        case Throwable thrown -> throw new IllegalStateException(thrown);
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Waits for the end, and closes a copy that nobody took. */
  @Override
  public void close() {
    room.complete(false);
    if (taken) {
      return;
    }
    try {
      chosen().copy().close();
    } catch (RuntimeException | Error e) {
      // Opening failed for another reason, or for this one, which was thrown already.
    }
  }
}
