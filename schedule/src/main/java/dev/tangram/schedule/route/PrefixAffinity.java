package dev.tangram.schedule.route;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The replica that would have read the request's prompt first: prompt tokens ahead of it, plus its
 * own less those that the replica has probably cached, plus a price for each request that shares
 * its steps. What is cached is guessed from where earlier prompts were sent, so no replica is
 * asked.
 */
public final class PrefixAffinity implements Router {
  private final int requestTokens;
  // Least recently used first. The value is the replica that last read the stretch.
  private final Map<Integer, Integer> lastReader;

  /**
   * @param requestTokens prompt tokens that one more request at a replica is worth avoiding; 0 or
   *     more
   * @param stretchesMax prefix ids to remember
   */
  public PrefixAffinity(int requestTokens, int stretchesMax) {
    if (requestTokens < 0 || stretchesMax < 1) {
      throw new IllegalArgumentException(
          "requestTokens %d, stretchesMax %d: allowed: 0 or more, 1 or more"
              .formatted(requestTokens, stretchesMax));
    }
    this.requestTokens = requestTokens;
    this.lastReader =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<Integer, Integer> eldest) {
            return size() > stretchesMax;
          }
        };
  }

  @Override
  public int choose(
      List<? extends ReplicaLoad> replicas, int promptTokens, int[] prefix, int stretch) {
    int[] matched = matched(replicas.size(), promptTokens, prefix, stretch);
    int best = NONE;
    long least = Long.MAX_VALUE;
    for (int i = 0; i < replicas.size(); i++) {
      ReplicaLoad replica = replicas.get(i);
      if (!replica.accepts()) {
        continue;
      }
      long cost =
          replica.promptTokensAhead()
              + promptTokens
              - matched[i]
              + (long) requestTokens * replica.requests();
      if (cost < least) {
        least = cost;
        best = i;
      }
    }
    if (best != NONE) {
      for (int id : prefix) {
        lastReader.put(id, best);
      }
    }
    return best;
  }

  /** Leading tokens that each replica was the last to read. */
  private int[] matched(int replicas, int promptTokens, int[] prefix, int stretch) {
    int[] matched = new int[replicas];
    for (int i = 0; i < prefix.length; i++) {
      Integer reader = lastReader.get(prefix[i]);
      if (reader == null) {
        break;
      }
      // A later reader may have taken over the front: what follows it is worth its length all the
      // same, because its own front was read where it was.
      if (reader < replicas) {
        matched[reader] = (int) Math.min(promptTokens, (i + 1L) * stretch);
      }
    }
    return matched;
  }
}
