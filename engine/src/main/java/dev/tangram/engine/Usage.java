package dev.tangram.engine;

/**
 * What a generation cost.
 *
 * @param promptTokens all of the prompt
 * @param cachedTokens of these, tokens whose keys and values were found in the prefix cache
 * @param completionTokens tokens made, the end token included
 * @param predictedRight tokens guessed from the request's prediction that were right;
 *     predictedWrong: that were not
 * @param queueNanos submit to first step; prefillNanos: first step to first token; decodeNanos:
 *     first token to end
 */
public record Usage(
    int promptTokens,
    int cachedTokens,
    int completionTokens,
    int predictedRight,
    int predictedWrong,
    long queueNanos,
    long prefillNanos,
    long decodeNanos) {
  /** Of a request without a prediction. */
  public Usage(
      int promptTokens,
      int cachedTokens,
      int completionTokens,
      long queueNanos,
      long prefillNanos,
      long decodeNanos) {
    this(promptTokens, cachedTokens, completionTokens, 0, 0, queueNanos, prefillNanos, decodeNanos);
  }

  /** Time to first token, from submit. */
  public double ttftSeconds() {
    return (queueNanos + prefillNanos) / 1e9;
  }

  /** Tokens a second after the first one; 0 if there were fewer than two. */
  public double decodeTokensPerSecond() {
    return completionTokens < 2 || decodeNanos <= 0
        ? 0
        : (completionTokens - 1) * 1e9 / decodeNanos;
  }
}
