package dev.tangram.kernel;

/**
 * One sequence's share of a step: {@code count} consecutive rows of the step's activations.
 *
 * @param row first row of this span in the step's activations
 * @param count rows, at least 1
 * @param position position of the first row in its sequence, from 0; row i stands at {@code
 *     position + i}
 * @param blocks the sequence's block table: entry j is the KV block that holds positions [j B, (j +
 *     1) B). Must cover {@code position + count} positions. Not copied, not changed.
 * @param windows the same for layers that keep only a window, where the memory has such; entries
 *     that the window no longer reaches mean nothing
 * @param slot the sequence's slot of {@link StateMemory}, which holds the state after {@code
 *     position} tokens; -1 if its model has no recurrent layer
 */
public record Span(int row, int count, int position, int[] blocks, int[] windows, int slot) {
  private static final int[] NONE = {};

  /** A span of a model whose layers all keep everything. */
  public Span(int row, int count, int position, int[] blocks, int slot) {
    this(row, count, position, blocks, NONE, slot);
  }

  /** A span of a model without recurrent layers. */
  public Span(int row, int count, int position, int[] blocks) {
    this(row, count, position, blocks, -1);
  }
}
