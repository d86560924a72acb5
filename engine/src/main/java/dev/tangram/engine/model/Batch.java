package dev.tangram.engine.model;

import dev.tangram.kernel.Span;
import java.util.List;

/**
 * The work of one step: T tokens of one or more sequences.
 *
 * @param tokens ids of all rows, T of them, each in [0, V)
 * @param spans cover the rows 0..T-1 in order, without gaps; a sequence appears at most once
 * @param logitRows rows whose logits are wanted, ascending
 */
public record Batch(int[] tokens, List<Span> spans, int[] logitRows) {}
