package dev.tangram.engine.model;

import dev.tangram.kernel.KvMemory;
import dev.tangram.kernel.Span;
import dev.tangram.kernel.StateMemory;
import java.util.List;
import java.util.Optional;

/**
 * A decoder with its weights packed. Owned by one engine thread; {@link #forward} is not reentrant.
 */
public interface Model extends AutoCloseable {
  Shape shape();

  /** Bytes of packed weights, off-heap. */
  long weightBytes();

  /**
   * Runs one step and stores its keys and values.
   *
   * @param batch the tokens of this step and where they belong
   * @param kv memory that every span's block table points into
   * @param state memory that every span's slot points into; null if the model has no recurrent
   *     layer
   * @param logits filled with [batch.logitRows().length, V], in that order; padding ids beyond the
   *     tokenizer are left as the weights give them; null if none are wanted
   * @param hidden filled with what the logits are made from, the hidden state after the last norm,
   *     [batch.hiddenRows().length, D]; null if it is not wanted
   */
  void forward(Batch batch, KvMemory kv, StateMemory state, float[] logits, float[] hidden);

  /**
   * Runs the recurrent layers alone over rows of the last step once more, from another state: what
   * they read of those rows was kept. Nothing but the state changes, and it becomes bit for bit
   * what a step of these rows alone would have left.
   *
   * @param spans rows of the last step, all among its {@code keptRows}; slots give the states
   * @param state null if the model has no recurrent layer: then there is nothing to do
   */
  default void again(List<Span> spans, StateMemory state) {}

  /** The head that guesses a token ahead; empty if the file has none. */
  default Optional<Draft> draft() {
    return Optional.empty();
  }

  @Override
  void close();
}
