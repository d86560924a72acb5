package dev.tangram.engine.model;

import dev.tangram.kernel.KvMemory;
import dev.tangram.kernel.StateMemory;
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
   *     [batch.logitRows().length, D]; null if it is not wanted
   */
  void forward(Batch batch, KvMemory kv, StateMemory state, float[] logits, float[] hidden);

  /** The head that guesses a token ahead; empty if the file has none. */
  default Optional<Draft> draft() {
    return Optional.empty();
  }

  @Override
  void close();
}
