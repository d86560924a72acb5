package dev.tangram.schedule.route;

import java.util.List;

/**
 * The replica where a request costs least, in prompt tokens read: those that are read before its
 * own, its own that are not cached, weighed, and a price for every request that it slows down. What
 * is cached is guessed for each replica apart, within what its memory holds, so a prefix that many
 * requests share is soon known everywhere.
 *
 * <p>A weight above 1 says that a token read twice is not this request's loss alone: those that
 * come after wait for it as well, and what it puts into a full cache drives out what others would
 * have found there.
 */
public final class ExpectedCost implements Router {
  // The best on half of a trace; a price of 0 is a little better there, but blind to requests that
  // only decode (docs/decisions/0023-routing.md).
  private static final double READ_WEIGHT = 5;
  private static final int REQUEST_TOKENS = 128;

  private final double readWeight;
  private final int requestTokens;
  private final CacheGuess guess;

  /**
   * @param readWeight of a prompt token that is not cached against one in line; 0 or more
   * @param requestTokens prompt tokens that one more request at a replica is worth avoiding; 0 or
   *     more
   * @param cacheTokens that a replica's cache holds
   */
  public ExpectedCost(double readWeight, int requestTokens, long cacheTokens) {
    if (!(readWeight >= 0) || readWeight > 1e6 || requestTokens < 0) {
      throw new IllegalArgumentException(
          "readWeight %s, requestTokens %d: allowed: 0 to 1000000, 0 or more"
              .formatted(readWeight, requestTokens));
    }
    this.readWeight = readWeight;
    this.requestTokens = requestTokens;
    this.guess = new CacheGuess(cacheTokens);
  }

  /**
   * With the weight and the price that did best on a trace.
   *
   * @param cacheTokens that a replica's cache holds
   */
  public static ExpectedCost tuned(long cacheTokens) {
    return new ExpectedCost(READ_WEIGHT, REQUEST_TOKENS, cacheTokens);
  }

  /**
   * Mooncake's choice within one tier: the earliest first token, whatever it costs others.
   *
   * @param cacheTokens that a replica's cache holds
   */
  public static ExpectedCost firstTokenSoonest(long cacheTokens) {
    return new ExpectedCost(1, 0, cacheTokens);
  }

  @Override
  public int choose(
      List<? extends ReplicaLoad> replicas, int promptTokens, int[] prefix, int stretch) {
    int best = NONE;
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < replicas.size(); i++) {
      ReplicaLoad replica = replicas.get(i);
      if (!replica.accepts()) {
        continue;
      }
      int unread = promptTokens - guess.matched(i, promptTokens, prefix, stretch);
      double cost =
          replica.promptTokensAhead()
              + readWeight * unread
              + (double) requestTokens * replica.requests();
      if (cost < least) {
        least = cost;
        best = i;
      }
    }
    if (best != NONE) {
      guess.sent(best, prefix, stretch);
    }
    return best;
  }
}
