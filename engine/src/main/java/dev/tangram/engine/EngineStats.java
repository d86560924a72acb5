package dev.tangram.engine;

/**
 * Counters and gauges of an engine, as of its last step.
 *
 * @param blocksHeld KV blocks that running sequences hold; cached ones are reusable prefixes that
 *     nobody holds
 * @param prefixQueries prompt tokens looked up in the prefix index since start; hits: found
 * @param preemptions sequences sent back to the waiting line because blocks ran out, since start
 * @param drafts steps of a sequence that ran guesses, since start
 * @param draftTokens tokens guessed and run, since start
 * @param acceptedTokens of these, tokens that were right
 */
public record EngineStats(
    int running,
    int waiting,
    int blocksTotal,
    int blocksHeld,
    int blocksCached,
    long prefixQueries,
    long prefixHits,
    long promptTokens,
    long completionTokens,
    long preemptions,
    long steps,
    long drafts,
    long draftTokens,
    long acceptedTokens) {
  /** An engine that does not guess ahead. */
  public EngineStats(
      int running,
      int waiting,
      int blocksTotal,
      int blocksHeld,
      int blocksCached,
      long prefixQueries,
      long prefixHits,
      long promptTokens,
      long completionTokens,
      long preemptions,
      long steps) {
    this(
        running,
        waiting,
        blocksTotal,
        blocksHeld,
        blocksCached,
        prefixQueries,
        prefixHits,
        promptTokens,
        completionTokens,
        preemptions,
        steps,
        0,
        0,
        0);
  }

  /** The same with another number of waiting sequences. */
  EngineStats withWaiting(int now) {
    return new EngineStats(
        running,
        now,
        blocksTotal,
        blocksHeld,
        blocksCached,
        prefixQueries,
        prefixHits,
        promptTokens,
        completionTokens,
        preemptions,
        steps,
        drafts,
        draftTokens,
        acceptedTokens);
  }

  /** Share of KV blocks held by running sequences, 0 to 1. */
  public double kvCacheUsage() {
    return blocksTotal == 0 ? 0 : (double) blocksHeld / blocksTotal;
  }
}
