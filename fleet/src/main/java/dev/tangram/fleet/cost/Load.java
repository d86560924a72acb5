package dev.tangram.fleet.cost;

/**
 * A steady load: so many sequences at any moment, each with a prompt and an answer of these means.
 *
 * @param sequences {@link #AS_MANY_AS_FIT}, or a number greater than 0
 * @param promptTokens 0 or more
 * @param outputTokens 0 or more
 */
public record Load(double sequences, double promptTokens, double outputTokens) {
  public static final double AS_MANY_AS_FIT = Double.POSITIVE_INFINITY;

  public Load {
    if (!(sequences > 0) || !(promptTokens >= 0) || !(outputTokens >= 0)) {
      throw new IllegalArgumentException(
          "load: found %s sequences of %s and %s tokens, allowed: more than 0, 0 or more"
              .formatted(sequences, promptTokens, outputTokens));
    }
  }

  /** Tokens that a sequence has seen, halfway through its answer. */
  double meanContext() {
    return promptTokens + outputTokens / 2;
  }
}
