package dev.tangram.engine.model;

import dev.tangram.kernel.Kernels;
import dev.tangram.kernel.Matrix;

/**
 * Grouped-query attention of one layer: project, attend, project back.
 *
 * <p>Shapes: query W[H S, D], key and value W[K S, D], output W[D, H S]; biases are null where the
 * architecture has none.
 */
final class Attention implements Sublayer {
  private final Matrix query;
  private final Matrix key;
  private final Matrix value;
  private final Matrix output;
  private final float[] queryBias;
  private final float[] keyBias;
  private final float[] valueBias;
  private final Heads heads;

  /**
   * @param architecture says which biases and norms there must be
   * @param layer whose tensors these are, and where its keys and values are kept
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
    this.query = weights.matrix(prefix + "q.weight", queryWidth, shape.width());
    this.key = weights.matrix(prefix + "k.weight", keyWidth, shape.width());
    this.value = weights.matrix(prefix + "v.weight", keyWidth, shape.width());
    this.output = weights.matrix(prefix + "output.weight", shape.width(), queryWidth);
    this.queryBias = weights.vector(prefix + "q.bias", queryWidth, architecture.biases());
    this.keyBias = weights.vector(prefix + "k.bias", keyWidth, architecture.biases());
    this.valueBias = weights.vector(prefix + "v.bias", keyWidth, architecture.biases());
    this.heads = new Heads(weights, shape, architecture, layer, layer, rope, scale, window);
  }

  @Override
  public void forward(Step step, float[] x, float[] y) {
    Scratch scratch = step.scratch();
    project(step, query, queryBias, x, scratch.query);
    project(step, key, keyBias, x, scratch.key);
    project(step, value, valueBias, x, scratch.value);
    heads.forward(step);
    step.kernels().multiply(output, scratch.attended, step.tokens(), y);
  }

  private static void project(Step step, Matrix w, float[] bias, float[] x, float[] y) {
    Kernels kernels = step.kernels();
    kernels.multiply(w, x, step.tokens(), y);
    if (bias != null) {
      kernels.addBias(y, step.tokens(), bias);
    }
  }
}
