package dev.tangram.engine.model;

import dev.tangram.kernel.Span;
import java.util.List;

/**
 * The work of one step: T tokens of one or more sequences.
 *
 * @param tokens ids of all rows, T of them, each in [0, V)
 * @param spans cover the rows 0..T-1 in order, without gaps; a sequence appears at most once
 * @param logitRows rows whose logits are wanted, ascending
 * @param hiddenRows rows whose hidden state is wanted, if any is
 * @param keptRows rows from the first on that {@link Model#again} may be asked for
 */
public record Batch(
    int[] tokens, List<Span> spans, int[] logitRows, int[] hiddenRows, int keptRows) {
  /** Hidden states are wanted of the same rows as logits, and no row is run again. */
  public Batch(int[] tokens, List<Span> spans, int[] logitRows) {
    this(tokens, spans, logitRows, logitRows, 0);
  }
}
