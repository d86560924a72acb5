package dev.tangram.kernel.vector;

/**
 * The two sums of attention over the blocks of a run, for one head size and one kind of elements,
 * by something faster than the Vector API's loops; with the same results.
 *
 * <p>Blocks are given by their addresses, {@link BlockReader#AHEAD} more than are computed: each is
 * told of while the one that stands so many before it is read. They must stay where they are until
 * the call returns.
 *
 * <p>Threads: any.
 */
public interface RunSums {
  /**
   * Scores of queries with blocks of keys [S, 16].
   *
   * @param keys from {@code from} on
   * @param q [queries, S]
   * @param queries a multiple of 4
   * @param scores [queries, RUN]; of the first query and block at {@code at}
   */
  void scores(
      long[] keys,
      int from,
      int blocks,
      float[] q,
      int queries,
      float scale,
      float[] scores,
      int at);

  /**
   * Adds blocks of values [16, S], no row padded, by their shares.
   *
   * @param values from {@code from} on
   * @param shares [queries, RUN]; of the first query and block at {@code at}
   * @param queries a multiple of 4
   * @param out [queries, S + 2] from {@code to} on, of which the first S are added to
   */
  void values(
      long[] values,
      int from,
      int blocks,
      float[] shares,
      int at,
      int queries,
      float[] out,
      int to);
}
