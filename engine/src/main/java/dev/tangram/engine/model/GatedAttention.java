package dev.tangram.engine.model;

import dev.tangram.kernel.Kernels;
import dev.tangram.kernel.Matrix;
import java.util.List;

/**
 * The attention of hybrids: what the heads gather passes {@code sigmoid(gate x)} before the output
 * projection.
 *
 * <p>Shapes: query and gate W[H S, D], which files keep as one matrix with a head's gate after its
 * query; key and value W[K S, D]; output W[D, H S].
 */
final class GatedAttention implements Sublayer {
  private final int queryWidth;
  private final Matrix query;
  private final Matrix gate;
  private final Matrix key;
  private final Matrix value;
  private final Matrix output;
  private final Heads heads;

  /**
   * @param block whose tensors these are
   * @param kvLayer where keys and values are kept
   */
  GatedAttention(
      Weights weights,
      Hyperparameters shape,
      Architecture architecture,
      int block,
      int kvLayer,
      Rope rope) {
    String prefix = "blk." + block + ".attn_";
    int size = shape.headSize();
    int keyWidth = shape.kvHeads() * size;
    this.queryWidth = shape.heads() * size;
    List<Matrix> queryAndGate =
        weights.split(
            prefix + "q.weight",
            shape.width(),
            RowOrder.of(shape.heads(), 2 * size, 0, size),
            RowOrder.of(shape.heads(), 2 * size, size, size));
    this.query = queryAndGate.get(0);
    this.gate = queryAndGate.get(1);
    this.key = weights.matrix(prefix + "k.weight", keyWidth, shape.width());
    this.value = weights.matrix(prefix + "v.weight", keyWidth, shape.width());
    this.output = weights.matrix(prefix + "output.weight", shape.width(), queryWidth);
    float scale = (float) (1 / Math.sqrt(size));
    this.heads =
        new Heads(weights, shape, architecture, block, kvLayer, rope, scale, Integer.MAX_VALUE);
  }

  @Override
  public void forward(Step step, float[] x, float[] y) {
    Kernels kernels = step.kernels();
    Scratch scratch = step.scratch();
    int tokens = step.tokens();
    kernels.multiply(query, x, tokens, scratch.query);
    kernels.multiply(gate, x, tokens, scratch.queryGate);
    kernels.multiply(key, x, tokens, scratch.key);
    kernels.multiply(value, x, tokens, scratch.value);
    heads.forward(step);
    kernels.sigmoidMultiply(scratch.attended, scratch.queryGate, tokens * queryWidth);
    kernels.multiply(output, scratch.attended, tokens, y);
  }
}
