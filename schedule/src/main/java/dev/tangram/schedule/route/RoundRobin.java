package dev.tangram.schedule.route;

import java.util.List;

/** One replica after the other. */
public final class RoundRobin implements Router {
  private int last = NONE;

  public RoundRobin() {
    // The first request goes to the first replica.
  }

  @Override
  public int choose(
      List<? extends ReplicaLoad> replicas, int promptTokens, int[] prefix, int stretch) {
    for (int i = 1; i <= replicas.size(); i++) {
      int candidate = (last + i) % replicas.size();
      if (replicas.get(candidate).accepts()) {
        last = candidate;
        return candidate;
      }
    }
    return NONE;
  }
}
