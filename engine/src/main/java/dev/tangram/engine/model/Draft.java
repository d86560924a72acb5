package dev.tangram.engine.model;

import dev.tangram.kernel.KvMemory;

/**
 * The multi-token prediction head of a model, which guesses a token ahead of it. Owned by the
 * model's engine thread; uses the model's buffers, so never while the model runs.
 */
public interface Draft {
  /**
   * Runs the head on pairs of a position's hidden row and the token that follows it. Its own keys
   * and values are one more layer of the model's KV memory and must be there for every earlier pair
   * of a sequence, the prompt's included.
   *
   * @param batch row t has the token at position p + 1, for the pair at position p; spans give p;
   *     slots are not used
   * @param hidden [T, D]: row t the hidden state at position p after the last norm, as {@link
   *     Model#forward} gives it; for a draft after a draft, as {@code next} gives it
   * @param kv memory that every span's block table points into
   * @param logits filled with [batch.logitRows().length, V], the guess for position p + 2; null if
   *     none are wanted
   * @param next filled with [batch.logitRows().length, D], what those logits are made from; null if
   *     it is not wanted; may be {@code hidden}
   */
  void forward(Batch batch, float[] hidden, KvMemory kv, float[] logits, float[] next);
}
