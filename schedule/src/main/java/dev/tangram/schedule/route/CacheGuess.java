package dev.tangram.schedule.route;

import java.util.ArrayList;
import java.util.List;

/** What each replica of a model probably has cached. */
final class CacheGuess {
  private final long tokensMax;
  private final List<StretchMemory> memories = new ArrayList<>();

  /**
   * @param tokensMax that a replica's cache holds, 1 or more
   */
  CacheGuess(long tokensMax) {
    if (tokensMax < 1) {
      throw new IllegalArgumentException(
          "cacheTokens: found %d, allowed: 1 or more".formatted(tokensMax));
    }
    this.tokensMax = tokensMax;
  }

  /** Of the prompt's tokens, those that the replica need not read. */
  int matched(int replica, int promptTokens, int[] prefix, int stretch) {
    return (int) Math.min(promptTokens, (long) memory(replica).matched(prefix) * stretch);
  }

  /** The prompt goes there. */
  void sent(int replica, int[] prefix, int stretch) {
    memory(replica).read(prefix, tokensMax / stretch);
  }

  /** Stretches that the replica has. */
  int held(int replica) {
    return memory(replica).size();
  }

  private StretchMemory memory(int replica) {
    while (memories.size() <= replica) {
      memories.add(new StretchMemory());
    }
    return memories.get(replica);
  }
}
