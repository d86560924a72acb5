package dev.tangram.schedule.batch;

/**
 * Bounds of a step.
 *
 * @param sequencesMax sequences that run at once
 * @param tokensMax tokens in one step
 * @param scoredTokensMax tokens a step may run of a sequence whose prompt is scored: each needs a
 *     row of logits
 */
public record BatchLimits(int sequencesMax, int tokensMax, int scoredTokensMax) {
  public BatchLimits {
    if (sequencesMax < 1 || tokensMax < sequencesMax || scoredTokensMax < 1) {
      throw new IllegalArgumentException(
          "sequencesMax %d, tokensMax %d, scoredTokensMax %d: each at least 1 and tokensMax at least sequencesMax"
              .formatted(sequencesMax, tokensMax, scoredTokensMax));
    }
  }
}
