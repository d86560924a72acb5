package dev.tangram.engine.model;

import dev.tangram.kernel.Kernels;
import dev.tangram.kernel.Matrix;

/**
 * The gated feed-forward sublayer: {@code down(act(gate x) * up x)}. Shapes: gate and up W[F, D],
 * down W[D, F].
 */
final class FeedForward implements Sublayer {
  /** What the gate goes through. */
  enum Activation {
    SILU,
    GELU
  }

  private final Matrix gate;
  private final Matrix up;
  private final Matrix down;
  private final Activation activation;
  private final int width;

  FeedForward(Weights weights, Hyperparameters shape, int layer, Activation activation) {
    this(weights, shape, layer, "", shape.feedForward(), activation);
  }

  /** The expert that every token passes. */
  static FeedForward shared(Weights weights, Hyperparameters shape, int layer) {
    int width = shape.experts().sharedWidth();
    return new FeedForward(weights, shape, layer, "_shexp", width, Activation.SILU);
  }

  private FeedForward(
      Weights weights,
      Hyperparameters shape,
      int layer,
      String suffix,
      int width,
      Activation activation) {
    String prefix = "blk." + layer + ".ffn_";
    this.gate = weights.matrix(prefix + "gate" + suffix + ".weight", width, shape.width());
    this.up = weights.matrix(prefix + "up" + suffix + ".weight", width, shape.width());
    this.down = weights.matrix(prefix + "down" + suffix + ".weight", shape.width(), width);
    this.activation = activation;
    this.width = width;
  }

  @Override
  public void forward(Step step, float[] x, float[] y) {
    Kernels kernels = step.kernels();
    Scratch scratch = step.scratch();
    int tokens = step.tokens();
    kernels.multiply(gate, x, tokens, scratch.gate);
    kernels.multiply(up, x, tokens, scratch.up);
    switch (activation) {
      case SILU -> kernels.siluMultiply(scratch.gate, scratch.up, tokens * width);
      case GELU -> kernels.geluMultiply(scratch.gate, scratch.up, tokens * width);
    }
    kernels.multiply(down, scratch.gate, tokens, y);
  }
}
