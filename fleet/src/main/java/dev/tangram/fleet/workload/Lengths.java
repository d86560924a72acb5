package dev.tangram.fleet.workload;

import java.util.List;
import java.util.random.RandomGenerator;

/** How long prompts and answers are. */
@FunctionalInterface
public interface Lengths {
  /**
   * @param prompt tokens, 1 or more
   * @param output tokens, 1 or more
   */
  record Pair(int prompt, int output) {}

  Pair draw(RandomGenerator random);

  static Lengths fixed(int prompt, int output) {
    Pair pair = new Pair(prompt, output);
    return _ -> pair;
  }

  /**
   * Both lognormal and independent.
   *
   * @param promptMean of the prompt's tokens, likewise {@code outputMean}
   * @param variation standard deviation by mean; 0 for lengths that are all the same
   * @param tokensMax longer ones are cut to this
   */
  static Lengths lognormal(double promptMean, double outputMean, double variation, int tokensMax) {
    if (!(promptMean >= 1) || !(outputMean >= 1) || !(variation >= 0) || tokensMax < 1) {
      throw new IllegalArgumentException(
          "lengths: found means %s and %s, variation %s, at most %d, allowed: 1 or more, 0 or more, 1 or more"
              .formatted(promptMean, outputMean, variation, tokensMax));
    }
    double sigma = Math.sqrt(Math.log(1 + variation * variation));
    return random ->
        new Pair(
            tokens(random, promptMean, sigma, tokensMax),
            tokens(random, outputMean, sigma, tokensMax));
  }

  /** Pairs of a trace, each as likely as every other. */
  static Lengths like(List<Request> trace) {
    if (trace.isEmpty()) {
      throw new IllegalArgumentException(
          "lengths: found an empty trace, allowed: 1 request or more");
    }
    List<Pair> pairs =
        trace.stream().map(r -> new Pair(r.promptTokens(), r.outputTokens())).toList();
    return random -> pairs.get(random.nextInt(pairs.size()));
  }

  private static int tokens(RandomGenerator random, double mean, double sigma, int tokensMax) {
    double drawn = mean * Math.exp(sigma * random.nextGaussian() - sigma * sigma / 2);
    return Math.clamp(Math.round(drawn), 1, tokensMax);
  }
}
