package dev.tangram.engine.model;

import dev.tangram.kernel.KvMemory;

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
   * @param logits filled with [batch.logitRows().length, V], in that order; padding ids beyond the
   *     tokenizer are left as the weights give them
   */
  void forward(Batch batch, KvMemory kv, float[] logits);

  @Override
  void close();
}
