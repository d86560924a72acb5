package dev.tangram.fleet.model;

/** How the attention layers of a model look at what was before. */
public sealed interface Attention {
  /** Weights of one layer, biases and norms included; {@code d} is the model's width. */
  long weights(long d);

  /** Values that one layer keeps for one token. */
  long cachedValues();

  /** Products that one query makes with one key and one value of a layer, all heads. */
  long decodeProducts();

  /** As {@link #decodeProducts}, while a prompt is read. */
  long prefillProducts();

  /** How many ways the cache of a layer can be split; more chips hold copies. */
  int cacheShards();

  /**
   * Grouped-query attention.
   *
   * @param gated the query projection carries a gate of its own width (Qwen3-Next)
   * @param bias bias values of a layer in all
   * @param norms weights of the norms of queries and keys
   */
  record Grouped(int heads, int kvHeads, int headSize, boolean gated, long bias, long norms)
      implements Attention {
    @Override
    public long weights(long d) {
      long q = (long) heads * headSize;
      long kv = (long) kvHeads * headSize;
      return d * (gated ? 2 * q : q) + 2 * d * kv + q * d + bias + norms;
    }

    @Override
    public long cachedValues() {
      return 2L * kvHeads * headSize;
    }

    @Override
    public long decodeProducts() {
      return 2L * heads * headSize;
    }

    @Override
    public long prefillProducts() {
      return decodeProducts();
    }

    @Override
    public int cacheShards() {
      return kvHeads;
    }
  }

  /**
   * Latent attention (DeepSeek): one compressed row a token for all heads; a decode step works in
   * the compressed space, a prefill unfolds it.
   *
   * @param queryRank 0 if queries are not compressed
   */
  record Latent(int heads, int queryRank, int kvRank, int plainSize, int rotarySize, int valueSize)
      implements Attention {
    @Override
    public long weights(long d) {
      long headSize = (long) plainSize + rotarySize;
      long query =
          queryRank == 0
              ? d * heads * headSize
              : d * queryRank + queryRank + queryRank * (heads * headSize);
      long down = d * (kvRank + (long) rotarySize) + kvRank;
      long up = kvRank * (heads * ((long) plainSize + valueSize));
      return query + down + up + (long) heads * valueSize * d;
    }

    @Override
    public long cachedValues() {
      return (long) kvRank + rotarySize;
    }

    @Override
    public long decodeProducts() {
      return heads * (2L * kvRank + rotarySize);
    }

    @Override
    public long prefillProducts() {
      return heads * ((long) plainSize + rotarySize + valueSize);
    }

    @Override
    public int cacheShards() {
      return 1;
    }
  }
}
