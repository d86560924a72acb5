package dev.tangram.engine.model;

import dev.tangram.kernel.Kernels;

/**
 * The heads' part of grouped-query attention: norm (Qwen3, Gemma), rotate, store, attend. Reads
 * {@code scratch.query[T, H, S]}, {@code key} and {@code value[T, K, S]}, which it changes, and
 * writes {@code attended[T, H, S]}.
 */
final class Heads {
  private final Hyperparameters shape;
  private final int kvLayer;
  private final float[] queryNorm;
  private final float[] keyNorm;
  private final Rope rope;
  private final float scale;
  private final int window;

  /**
   * @param block whose tensors these are
   * @param kvLayer where keys and values are kept
   * @param scale multiplies q . k
   * @param window positions a query sees; {@link Integer#MAX_VALUE} for all
   */
  Heads(
      Weights weights,
      Hyperparameters shape,
      Architecture architecture,
      int block,
      int kvLayer,
      Rope rope,
      float scale,
      int window) {
    String prefix = "blk." + block + ".attn_";
    this.shape = shape;
    this.kvLayer = kvLayer;
    this.queryNorm =
        weights.vector(prefix + "q_norm.weight", shape.headSize(), architecture.headNorms());
    this.keyNorm =
        weights.vector(prefix + "k_norm.weight", shape.headSize(), architecture.headNorms());
    this.rope = rope;
    this.scale = scale;
    this.window = window;
  }

  void forward(Step step) {
    Kernels kernels = step.kernels();
    Scratch scratch = step.scratch();
    prepare(step, shape.heads(), queryNorm, scratch.query);
    prepare(step, shape.kvHeads(), keyNorm, scratch.key);
    kernels.store(step.kv(), kvLayer, step.spans(), scratch.key, scratch.value);
    kernels.attention(
        step.kv(),
        kvLayer,
        step.spans(),
        shape.heads(),
        scale,
        window,
        scratch.query,
        scratch.attended);
  }

  private void prepare(Step step, int heads, float[] norm, float[] x) {
    int size = shape.headSize();
    if (norm != null) {
      step.kernels().rmsNorm(x, step.tokens() * heads, size, norm, shape.eps(), x);
    }
    step.kernels()
        .rotate(
            x, step.tokens(), heads, size, rope.rotated(), rope.cos(), rope.sin(), rope.pairing());
  }
}
