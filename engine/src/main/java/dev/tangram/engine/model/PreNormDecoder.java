package dev.tangram.engine.model;

import dev.tangram.kernel.Kernels;
import dev.tangram.kernel.Span;
import dev.tangram.kernel.StateMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * All architectures but Gemma: pre-norm layers over one residual stream. They differ in what their
 * files carry (biases of q, k, v; norms of q and k), in which elements of a head turn together, and
 * in what their layers are made of: plain or gated attention or a DeltaNet, then a dense
 * feed-forward or experts.
 */
final class PreNormDecoder extends Decoder {
  private final Rope rope;
  private final List<PreNormLayer> layers = new ArrayList<>();
  private final MtpHead draft;

  PreNormDecoder(Weights weights, Hyperparameters shape, Architecture architecture, Rope rope) {
    super(weights, shape);
    this.rope = rope;
    int kvLayers = 0;
    for (int i = 0; i < shape.layers(); i++) {
      boolean recurrent = shape.delta() != null && shape.delta().recurrent().get(i);
      layers.add(
          layer(weights, shape, architecture, i, recurrent, recurrent ? i - kvLayers : kvLayers));
      kvLayers += recurrent ? 0 : 1;
    }
    draft = shape.drafts() == 0 ? null : draft(weights, shape, architecture, kvLayers);
  }

  /** Its layer comes after the decoder's own, as do its keys and values. */
  private MtpHead draft(
      Weights weights, Hyperparameters shape, Architecture architecture, int kvLayer) {
    int block = shape.layers();
    PreNormLayer layer = layer(weights, shape, architecture, block, false, kvLayer);
    return new MtpHead(weights, shape, block, layer, rope, embedding(), outputMatrix());
  }

  /**
   * @param memoryLayer where its states, or else its keys and values, are kept
   */
  private PreNormLayer layer(
      Weights weights,
      Hyperparameters shape,
      Architecture architecture,
      int block,
      boolean recurrent,
      int memoryLayer) {
    String prefix = "blk." + block + ".";
    return new PreNormLayer(
        weights.vector(prefix + "attn_norm.weight", shape.width()),
        recurrent
            ? new DeltaNet(weights, shape, block, memoryLayer)
            : attention(weights, shape, architecture, block, memoryLayer),
        weights.vector(prefix + architecture.feedForwardNorm() + ".weight", shape.width()),
        shape.experts() == null || Hyperparameters.isDense(weights::has, block)
            ? new FeedForward(weights, shape, block, FeedForward.Activation.SILU)
            : new Experts(weights, shape, block));
  }

  private Sublayer attention(
      Weights weights, Hyperparameters shape, Architecture architecture, int block, int kvLayer) {
    if (architecture.has(Architecture.Trait.HYBRID)) {
      return new GatedAttention(weights, shape, architecture, block, kvLayer, rope);
    }
    float scale = (float) (1 / Math.sqrt(shape.headSize()));
    return new Attention(weights, shape, architecture, block, rope, scale, Integer.MAX_VALUE);
  }

  @Override
  void layers(Step step) {
    rope.prepare(step.spans(), step.tokens());
    for (PreNormLayer layer : layers) {
      layer.forward(step, shape);
    }
  }

  @Override
  void again(Kernels kernels, List<Span> spans, StateMemory state, Scratch scratch) {
    for (PreNormLayer layer : layers) {
      if (layer.mixer() instanceof DeltaNet recurrent) {
        recurrent.again(kernels, spans, state, scratch);
      }
    }
  }

  @Override
  Optional<MtpHead> draft() {
    return Optional.ofNullable(draft);
  }
}
