package dev.tangram.schedule.route;

import java.util.List;

/** The replica with the fewest requests; among equals the one with the fewest prompt tokens. */
public final class LeastLoaded implements Router {
  public LeastLoaded() {
    // Nothing to remember.
  }

  @Override
  public int choose(
      List<? extends ReplicaLoad> replicas, int promptTokens, int[] prefix, int stretch) {
    int best = NONE;
    for (int i = 0; i < replicas.size(); i++) {
      ReplicaLoad replica = replicas.get(i);
      if (replica.accepts() && (best == NONE || less(replica, replicas.get(best)))) {
        best = i;
      }
    }
    return best;
  }

  private static boolean less(ReplicaLoad a, ReplicaLoad b) {
    return a.requests() < b.requests()
        || a.requests() == b.requests() && a.promptTokensAhead() < b.promptTokensAhead();
  }
}
