package dev.tangram.schedule.batch;

/**
 * Bounds of a step.
 *
 * @param sequencesMax sequences that run at once
 * @param tokensMax tokens in one step
 * @param rowsMax rows of logits in one step beyond one of each sequence: for the tokens of scored
 *     prompts, and for drafts
 */
public record BatchLimits(int sequencesMax, int tokensMax, int rowsMax) {
  public BatchLimits {
    if (sequencesMax < 1 || tokensMax < sequencesMax || rowsMax < 0) {
      throw new IllegalArgumentException(
          "sequencesMax %d, tokensMax %d, rowsMax %d: allowed: at least 1, at least sequencesMax, at least 0"
              .formatted(sequencesMax, tokensMax, rowsMax));
    }
  }
}
