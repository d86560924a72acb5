package dev.tangram.kernel.vector;

/**
 * One way to make the two sums of a run for a tile's queries: all give the same bits.
 *
 * <p>Threads: the tile's.
 */
interface RunPass {
  /**
   * Writes the tile's scores of positions [least, most) of the run that begins at {@code start};
   * those of blocks that a query does not see may become anything.
   */
  void keys(AttentionTile tile, int start, int least, int most);

  /**
   * Adds the values of those positions by the tile's scores, which are shares by now.
   *
   * @param parts [queries and copies, S + 2] from {@code at} on; those of copies may become
   *     anything
   */
  void values(AttentionTile tile, int start, int least, int most, float[] parts, int at);
}
