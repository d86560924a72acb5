package dev.tangram.engine.model;

import dev.tangram.kernel.Kernels;
import dev.tangram.kernel.KvMemory;
import dev.tangram.kernel.StateMemory;
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
  void layers(
      Kernels kernels, Batch batch, KvMemory kv, StateMemory state, Scratch scratch) {
    int tokens = batch.tokens().length;
    int width = shape.width();
    int count = tokens * width;
    fullRope.prepare(batch.spans(), tokens);
    slidingRope.prepare(batch.spans(), tokens);
    kernels.scale(scratch.hidden, count, (float) Math.sqrt(width));
    for (Layer layer : layers) {
      kernels.rmsNorm(
          scratch.hidden, tokens, width, layer.attentionNorm, shape.eps(), scratch.normed);
      layer.attention.forward(
          kernels, kv, batch.spans(), tokens, scratch, scratch.normed, scratch.sublayer);
      kernels.rmsNorm(
          scratch.sublayer, tokens, width, layer.attentionPostNorm, shape.eps(), scratch.sublayer);
      kernels.add(scratch.hidden, scratch.sublayer, count);

      kernels.rmsNorm(
          scratch.hidden, tokens, width, layer.feedForwardNorm, shape.eps(), scratch.normed);
      layer.feedForward.forward(kernels, tokens, scratch, scratch.normed, scratch.sublayer);
      kernels.rmsNorm(
          scratch.sublayer,
          tokens,
          width,
          layer.feedForwardPostNorm,
          shape.eps(),
          scratch.sublayer);
      kernels.add(scratch.hidden, scratch.sublayer, count);
    }
  }
}
