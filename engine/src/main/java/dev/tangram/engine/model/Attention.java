package dev.tangram.engine.model;

import dev.tangram.kernel.Kernels;
import dev.tangram.kernel.KvMemory;
import dev.tangram.kernel.Matrix;
import dev.tangram.kernel.Span;
import java.util.List;

/**
 * Grouped-query attention of one layer: project, norm (Qwen3, Gemma), rotate, store, attend,
 * project back.
 *
 * <p>Shapes: query W[H S, D], key and value W[K S, D], output W[D, H S]; biases and norms are null
 * where the architecture has none.
 */
final class Attention {
  private final int layer;
  private final Hyperparameters shape;
  private final Matrix query;
  private final Matrix key;
  private final Matrix value;
  private final Matrix output;
  private final float[] queryBias;
  private final float[] keyBias;
  private final float[] valueBias;
  private final float[] queryNorm;
  private final float[] keyNorm;
  private final Rope rope;
  private final float scale;
  private final int window;

  /**
   * @param architecture says which biases and norms there must be
   * @param scale multiplies q . k
   * @param window positions a query sees; {@link Integer#MAX_VALUE} for all
   */
  Attention(
      Weights weights,
      Hyperparameters shape,
      Architecture architecture,
      int layer,
      Rope rope,
      float scale,
      int window) {
    String prefix = "blk." + layer + ".attn_";
    int queryWidth = shape.heads() * shape.headSize();
    int keyWidth = shape.kvHeads() * shape.headSize();
    this.layer = layer;
    this.shape = shape;
    this.query = weights.matrix(prefix + "q.weight", queryWidth, shape.width());
    this.key = weights.matrix(prefix + "k.weight", keyWidth, shape.width());
    this.value = weights.matrix(prefix + "v.weight", keyWidth, shape.width());
    this.output = weights.matrix(prefix + "output.weight", shape.width(), queryWidth);
    this.queryBias = weights.vector(prefix + "q.bias", queryWidth, architecture.biases());
    this.keyBias = weights.vector(prefix + "k.bias", keyWidth, architecture.biases());
    this.valueBias = weights.vector(prefix + "v.bias", keyWidth, architecture.biases());
    this.queryNorm =
        weights.vector(prefix + "q_norm.weight", shape.headSize(), architecture.headNorms());
    this.keyNorm =
        weights.vector(prefix + "k_norm.weight", shape.headSize(), architecture.headNorms());
    this.rope = rope;
    this.scale = scale;
    this.window = window;
  }

  /** Reads x[T, D] and writes y[T, D]. */
  void forward(
      Kernels kernels,
      KvMemory kv,
      List<Span> spans,
      int tokens,
      Scratch scratch,
      float[] x,
      float[] y) {
    kernels.multiply(query, x, tokens, scratch.query);
    kernels.multiply(key, x, tokens, scratch.key);
    kernels.multiply(value, x, tokens, scratch.value);
    bias(kernels, tokens, scratch);
    norm(kernels, tokens, scratch);
    rotate(kernels, tokens, shape.heads(), scratch.query);
    rotate(kernels, tokens, shape.kvHeads(), scratch.key);
    kernels.store(kv, layer, spans, scratch.key, scratch.value);
    kernels.attention(
        kv, layer, spans, shape.heads(), scale, window, scratch.query, scratch.attended);
    kernels.multiply(output, scratch.attended, tokens, y);
  }

  private void bias(Kernels kernels, int tokens, Scratch scratch) {
    if (queryBias != null) {
      kernels.addBias(scratch.query, tokens, queryBias);
    }
    if (keyBias != null) {
      kernels.addBias(scratch.key, tokens, keyBias);
    }
    if (valueBias != null) {
      kernels.addBias(scratch.value, tokens, valueBias);
    }
  }

  private void norm(Kernels kernels, int tokens, Scratch scratch) {
    int size = shape.headSize();
    if (queryNorm != null) {
      kernels.rmsNorm(
          scratch.query, tokens * shape.heads(), size, queryNorm, shape.eps(), scratch.query);
    }
    if (keyNorm != null) {
      kernels.rmsNorm(
          scratch.key, tokens * shape.kvHeads(), size, keyNorm, shape.eps(), scratch.key);
    }
  }

  private void rotate(Kernels kernels, int tokens, int heads, float[] x) {
    kernels.rotate(
        x, tokens, heads, shape.headSize(), rope.rotated(), rope.cos(), rope.sin(), rope.pairing());
  }
}
