package dev.tangram.engine;

import java.util.Iterator;
import java.util.NoSuchElementException;

/** A generation's text as an iterator that waits. */
final class Pieces implements Iterator<String> {
  private final Generation generation;
  private String next;
  private boolean ended;

  Pieces(Generation generation) {
    this.generation = generation;
  }

  @Override
  public boolean hasNext() {
    while (next == null && !ended) {
      String text =
          switch (await()) {
            case Generation.PromptScores _ -> "";
            case Generation.Delta delta -> delta.text();
            case Generation.Finished finished -> {
              ended = true;
              if (finished.error() != null) {
                throw new IllegalStateException(finished.error());
              }
              yield finished.text();
            }
          };
      next = text.isEmpty() ? null : text;
    }
    return next != null;
  }

  private Generation.Event await() {
    try {
      return generation.next();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for a token", e);
    }
  }

  @Override
  public String next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    String piece = next;
    next = null;
    return piece;
  }
}
