package dev.tangram.fleet.model;

/**
 * The mixture-of-experts part of a layer.
 *
 * @param count routed experts E
 * @param perToken of them, chosen for each token
 * @param expertWeights weights of one expert, biases included
 * @param sharedWeights weights of what every token passes: shared experts, router, gates
 * @param layers how many layers are built this way
 */
public record Experts(int count, int perToken, long expertWeights, long sharedWeights, int layers) {
  /**
   * Distinct experts that {@code tokens} tokens touch in one layer: {@code E (1 - (1 - k/E)^T)}.
   * Real routing is skewed, so for batches between one and E tokens this is an upper bound.
   */
  public double touched(double tokens) {
    return count * -Math.expm1(tokens * Math.log1p(-(double) perToken / count));
  }
}
