package dev.tangram.fleet.model;

import java.util.Optional;

/**
 * What a model's sizes are, as far as memory and time depend on them. Text part alone: no vision
 * tower, no multi-token prediction layer.
 *
 * @param type {@code model_type} of the config
 * @param width D
 * @param layers L; of them {@code fullLayers} attend to everything, {@code windowLayers} to the
 *     last {@code window} tokens, the rest keep a constant state
 * @param denseWeights weights of the feed-forward part of all layers without experts
 * @param normWeights of the layers and the last one
 * @param tied the output matrix is the embedding
 */
public record ModelShape(
    String name,
    String type,
    int width,
    int layers,
    int fullLayers,
    int windowLayers,
    int window,
    long vocabulary,
    boolean tied,
    Attention attention,
    Optional<DeltaNet> deltaNet,
    Optional<Experts> experts,
    long denseWeights,
    long normWeights) {

  public int stateLayers() {
    return layers - fullLayers - windowLayers;
  }

  public Family family() {
    boolean routed = experts.isPresent();
    if (deltaNet.isPresent()) {
      return routed ? Family.HYBRID_EXPERTS : Family.HYBRID;
    }
    if (!routed) {
      return Family.DENSE;
    }
    return attention instanceof Attention.Latent ? Family.LATENT_EXPERTS : Family.EXPERTS;
  }

  /** The output matrix; a tied one counts, for it is read at every step. */
  public long headWeights() {
    return vocabulary * width;
  }

  /**
   * Attention, states, norms, dense feed-forward, shared experts, routers: what each token passes.
   */
  public long sharedWeights() {
    return (fullLayers + windowLayers) * attention.weights(width)
        + deltaNet.map(net -> stateLayers() * net.weights(width)).orElse(0L)
        + denseWeights
        + normWeights
        + experts.map(e -> e.layers() * e.sharedWeights()).orElse(0L);
  }

  /** All routed experts of all layers. */
  public long routedWeights() {
    return experts.map(e -> e.layers() * e.count() * e.expertWeights()).orElse(0L);
  }

  /** Routed experts that one token passes, all layers. */
  public long routedWeightsPerToken() {
    return experts.map(e -> e.layers() * e.perToken() * e.expertWeights()).orElse(0L);
  }

  /** Routed experts that a batch of so many tokens touches, all layers. */
  public double routedWeightsTouched(double tokens) {
    return experts.map(e -> e.layers() * e.touched(tokens) * e.expertWeights()).orElse(0.0);
  }

  /** Everything that is stored. */
  public long totalWeights() {
    return sharedWeights() + routedWeights() + headWeights() * (tied ? 1 : 2);
  }

  /** What one token passes, the row of the embedding aside. */
  public long activeWeights() {
    return sharedWeights() + routedWeightsPerToken() + headWeights();
  }

  /** Bytes that a long sequence adds per token: windows are full by then, states do not grow. */
  public double kvBytesPerToken(KvType type) {
    return fullLayers * attention.cachedValues() * type.bytes();
  }

  /** Bytes of keys and values of a sequence of so many tokens. */
  public double kvBytes(double tokens, KvType type) {
    double windowed = windowLayers * Math.min(tokens, window);
    return (fullLayers * tokens + windowed) * attention.cachedValues() * type.bytes();
  }

  /** Bytes that a sequence holds whatever its length. */
  public long stateBytes() {
    return deltaNet.map(net -> stateLayers() * net.stateBytes()).orElse(0L);
  }
}
