package dev.tangram.engine.model;

import dev.tangram.kernel.Kernels;
import dev.tangram.kernel.Matrix;

/**
 * The gated feed-forward sublayer: {@code down(act(gate x) * up x)}. Shapes: gate and up W[F, D],
 * down W[D, F].
 */
final class FeedForward {
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
    String prefix = "blk." + layer + ".ffn_";
    this.gate = weights.matrix(prefix + "gate.weight", shape.feedForward(), shape.width());
    this.up = weights.matrix(prefix + "up.weight", shape.feedForward(), shape.width());
    this.down = weights.matrix(prefix + "down.weight", shape.width(), shape.feedForward());
    this.activation = activation;
    this.width = shape.feedForward();
  }

  /** Reads x[T, D] and writes y[T, D]. */
  void forward(Kernels kernels, int tokens, Scratch scratch, float[] x, float[] y) {
    kernels.multiply(gate, x, tokens, scratch.gate);
    kernels.multiply(up, x, tokens, scratch.up);
    switch (activation) {
      case SILU -> kernels.siluMultiply(scratch.gate, scratch.up, tokens * width);
      case GELU -> kernels.geluMultiply(scratch.gate, scratch.up, tokens * width);
    }
    kernels.multiply(down, scratch.gate, tokens, y);
  }
}
