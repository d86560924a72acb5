package dev.tangram.engine.model;

import dev.tangram.kernel.Kernels;
import dev.tangram.kernel.KvMemory;
import dev.tangram.kernel.StateMemory;
import java.util.ArrayList;
import java.util.List;

/**
 * qwen2, qwen3 and llama: {@code h += attention(norm(h)); h += feedForward(norm(h))}. They differ
 * in what their files carry (biases of q, k, v; norms of q and k) and in which elements of a head
 * turn together.
 */
final class PreNormDecoder extends Decoder {
  private record Layer(
      float[] attentionNorm,
      Attention attention,
      float[] feedForwardNorm,
      FeedForward feedForward) {}

  private final Rope rope;
  private final List<Layer> layers = new ArrayList<>();

  PreNormDecoder(Weights weights, Hyperparameters shape, Architecture architecture, Rope rope) {
    super(weights, shape);
    this.rope = rope;
    float scale = (float) (1 / Math.sqrt(shape.headSize()));
    for (int i = 0; i < shape.layers(); i++) {
      layers.add(
          new Layer(
              weights.vector("blk." + i + ".attn_norm.weight", shape.width()),
              new Attention(weights, shape, architecture, i, rope, scale, Integer.MAX_VALUE),
              weights.vector("blk." + i + ".ffn_norm.weight", shape.width()),
              new FeedForward(weights, shape, i, FeedForward.Activation.SILU)));
    }
  }

  @Override
  void layers(
      Kernels kernels, Batch batch, KvMemory kv, StateMemory state, Scratch scratch) {
    int tokens = batch.tokens().length;
    int count = tokens * shape.width();
    rope.prepare(batch.spans(), tokens);
    for (Layer layer : layers) {
      kernels.rmsNorm(
          scratch.hidden, tokens, shape.width(), layer.attentionNorm, shape.eps(), scratch.normed);
      layer.attention.forward(
          kernels, kv, batch.spans(), tokens, scratch, scratch.normed, scratch.sublayer);
      kernels.add(scratch.hidden, scratch.sublayer, count);

      kernels.rmsNorm(
          scratch.hidden,
          tokens,
          shape.width(),
          layer.feedForwardNorm,
          shape.eps(),
          scratch.normed);
      layer.feedForward.forward(kernels, tokens, scratch, scratch.normed, scratch.sublayer);
      kernels.add(scratch.hidden, scratch.sublayer, count);
    }
  }
}
