package dev.tangram.engine.model;

import dev.tangram.kernel.Kernels;
import dev.tangram.kernel.KvMemory;
import dev.tangram.kernel.Matrix;
import dev.tangram.kernel.Span;
import dev.tangram.kernel.StateMemory;
import dev.tangram.schedule.Invariant;

/**
 * What all decoders share: the embedding lookup at the start and the output head at the end. What
 * lies between is each architecture's own {@link #layers}.
 */
abstract class Decoder {
  final Hyperparameters shape;
  private final Matrix embedding;
  private final float[] outputNorm;
  private final Matrix output;

  Decoder(Weights weights, Hyperparameters shape) {
    this.shape = shape;
    this.embedding = weights.matrix("token_embd.weight", shape.vocabulary(), shape.width());
    this.outputNorm = weights.vector("output_norm.weight", shape.width());
    // Without an output matrix the embedding serves twice.
    this.output =
        weights.has("output.weight")
            ? weights.matrix("output.weight", shape.vocabulary(), shape.width())
            : embedding;
  }

  /** Runs all layers on {@code scratch.hidden[T, D]} in place. */
  abstract void layers(
      Kernels kernels, Batch batch, KvMemory kv, StateMemory state, Scratch scratch);

  final void forward(
      Kernels kernels,
      Batch batch,
      KvMemory kv,
      StateMemory state,
      Scratch scratch,
      float[] logits,
      float[] hidden) {
    check(batch, scratch, logits);
    embed(kernels, batch.tokens(), scratch.hidden);
    layers(kernels, batch, kv, state, scratch);
    head(kernels, batch.logitRows(), scratch, logits, hidden);
  }

  private void embed(Kernels kernels, int[] tokens, float[] hidden) {
    for (int t = 0; t < tokens.length; t++) {
      kernels.row(embedding, tokens[t], hidden, t * shape.width());
    }
  }

  private void head(
      Kernels kernels, int[] rows, Scratch scratch, float[] logits, float[] hidden) {
    int width = shape.width();
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(scratch.hidden, rows[i] * width, scratch.selected, i * width, width);
    }
    if (rows.length > 0) {
      kernels.rmsNorm(
          scratch.selected, rows.length, width, outputNorm, shape.eps(), scratch.selected);
      if (hidden != null) {
        System.arraycopy(scratch.selected, 0, hidden, 0, rows.length * width);
      }
      if (logits != null) {
        kernels.multiply(output, scratch.selected, rows.length, logits);
      }
    }
  }

  private void check(Batch batch, Scratch scratch, float[] logits) {
    int tokens = batch.tokens().length;
    int rows = batch.logitRows().length;
    Invariant.check(
        tokens >= 1 && tokens <= scratch.tokensMax,
        "%d tokens in a step, at most %d",
        tokens,
        scratch.tokensMax);
    Invariant.check(
        rows <= scratch.logitRowsMax && (logits == null || (long) rows * shape.vocabulary() <= logits.length),
        "%d rows of logits, at most %d, buffer %d",
        rows,
        scratch.logitRowsMax,
        logits == null ? 0 : logits.length);
    int next = 0;
    for (Span span : batch.spans()) {
      Invariant.check(
          span.row() == next && span.count() >= 1,
          "a span of %d rows at %d, expected at %d",
          span.count(),
          span.row(),
          next);
      next += span.count();
    }
    Invariant.check(next == tokens, "spans of %d rows, tokens %d", next, tokens);
  }
}
