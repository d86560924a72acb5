package dev.tangram.schedule.route;

import java.util.List;

/**
 * SGLang's router: the replica that has most of the prompt, if that is more than a share of it,
 * else the one with the least in its cache; but the one with the fewest requests while these are
 * too unevenly spread.
 */
public final class MatchThreshold implements Router {
  private final double shareMin;
  private final int moreBy;
  private final double moreTimes;
  private final CacheGuess guess;

  /**
   * @param shareMin of the prompt that must be cached, 0 to 1
   * @param moreBy requests by which the fullest replica must exceed the emptiest, and
   * @param moreTimes factor by which it must do so as well, to count as uneven; 1 or more
   * @param cacheTokens that a replica's cache holds
   */
  public MatchThreshold(double shareMin, int moreBy, double moreTimes, long cacheTokens) {
    if (!(shareMin >= 0 && shareMin <= 1) || moreBy < 0 || !(moreTimes >= 1)) {
      throw new IllegalArgumentException(
          "shareMin %s, moreBy %d, moreTimes %s: allowed: 0 to 1, 0 or more, 1 or more"
              .formatted(shareMin, moreBy, moreTimes));
    }
    this.shareMin = shareMin;
    this.moreBy = moreBy;
    this.moreTimes = moreTimes;
    this.guess = new CacheGuess(cacheTokens);
  }

  @Override
  public int choose(
      List<? extends ReplicaLoad> replicas, int promptTokens, int[] prefix, int stretch) {
    int idlest = NONE;
    int busiest = NONE;
    int emptiest = NONE;
    int knowing = NONE;
    int most = 0;
    for (int i = 0; i < replicas.size(); i++) {
      ReplicaLoad replica = replicas.get(i);
      if (!replica.accepts()) {
        continue;
      }
      if (idlest == NONE || replica.requests() < replicas.get(idlest).requests()) {
        idlest = i;
      }
      if (busiest == NONE || replica.requests() > replicas.get(busiest).requests()) {
        busiest = i;
      }
      if (emptiest == NONE || guess.held(i) < guess.held(emptiest)) {
        emptiest = i;
      }
      int matched = guess.matched(i, promptTokens, prefix, stretch);
      if (matched > most) {
        most = matched;
        knowing = i;
      }
    }
    if (idlest == NONE) {
      return NONE;
    }
    int chosen = most > shareMin * promptTokens ? knowing : emptiest;
    int fewest = replicas.get(idlest).requests();
    int many = replicas.get(busiest).requests();
    if (many - fewest > moreBy && many > moreTimes * fewest) {
      chosen = idlest;
    }
    guess.sent(chosen, prefix, stretch);
    return chosen;
  }
}
