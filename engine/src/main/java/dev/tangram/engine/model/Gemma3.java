package dev.tangram.engine.model;

import dev.tangram.kernel.Kernels;
import java.util.ArrayList;
import java.util.List;

/**
 * Gemma 3: embeddings times sqrt(D), a norm before and after each sublayer, and five sliding layers
 * with a base of their own for each layer that sees everything.
 */
final class Gemma3 extends Decoder {
  /** Every sixth layer sees all positions; the pattern is not in the file. */
  private static final int FULL_EVERY = 6;

  private static final int LAYERS_OF_27B = 62;

  private record Layer(
      float[] attentionNorm,
      Attention attention,
      float[] attentionPostNorm,
      float[] feedForwardNorm,
      FeedForward feedForward,
      float[] feedForwardPostNorm) {}

  private final Rope fullRope;
  private final Rope slidingRope;
  private final List<Layer> layers = new ArrayList<>();

  Gemma3(Weights weights, Hyperparameters shape, Rope fullRope, Rope slidingRope) {
    super(weights, shape);
    this.fullRope = fullRope;
    this.slidingRope = slidingRope;
    float scale = (float) (1 / Math.sqrt(scoreDivisor(shape)));
    for (int i = 0; i < shape.layers(); i++) {
      boolean full = isFull(i);
      String prefix = "blk." + i + ".";
      layers.add(
          new Layer(
              weights.vector(prefix + "attn_norm.weight", shape.width()),
              new Attention(
                  weights,
                  shape,
                  Architecture.GEMMA3,
                  i,
                  full ? fullRope : slidingRope,
                  scale,
                  full ? Integer.MAX_VALUE : shape.window()),
              weights.vector(prefix + "post_attention_norm.weight", shape.width()),
              weights.vector(prefix + "ffn_norm.weight", shape.width()),
              new FeedForward(weights, shape, i, FeedForward.Activation.GELU),
              weights.vector(prefix + "post_ffw_norm.weight", shape.width())));
    }
  }

  /**
   * The 27B alone divides by D / H instead of S; its files have no key for it, only its depth
   * tells.
   */
  private static int scoreDivisor(Hyperparameters shape) {
    return shape.layers() == LAYERS_OF_27B ? shape.width() / shape.heads() : shape.headSize();
  }

  static boolean isFull(int layer) {
    return (layer + 1) % FULL_EVERY == 0;
  }

  @Override
  void layers(Step step) {
    fullRope.prepare(step.spans(), step.tokens());
    slidingRope.prepare(step.spans(), step.tokens());
    int width = shape.width();
    step.kernels().scale(step.scratch().hidden, step.tokens() * width, (float) Math.sqrt(width));
    for (Layer layer : layers) {
      add(step, layer.attentionNorm, layer.attention, layer.attentionPostNorm);
      add(step, layer.feedForwardNorm, layer.feedForward, layer.feedForwardPostNorm);
    }
  }

  private void add(Step step, float[] norm, Sublayer sublayer, float[] postNorm) {
    Kernels kernels = step.kernels();
    Scratch scratch = step.scratch();
    int tokens = step.tokens();
    int width = shape.width();
    kernels.rmsNorm(scratch.hidden, tokens, width, norm, shape.eps(), scratch.normed);
    sublayer.forward(step, scratch.normed, scratch.sublayer);
    kernels.rmsNorm(scratch.sublayer, tokens, width, postNorm, shape.eps(), scratch.sublayer);
    kernels.add(scratch.hidden, scratch.sublayer, tokens * width);
  }
}
