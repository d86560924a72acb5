package dev.tangram.engine.model;

import dev.tangram.kernel.Kernels;
import dev.tangram.kernel.KvMemory;
import dev.tangram.kernel.Matrix;
import dev.tangram.kernel.Span;
import dev.tangram.kernel.StateMemory;
import dev.tangram.schedule.Invariant;
import java.util.List;
import java.util.Optional;

/**
 * What all decoders share: the embedding lookup at the start and the output head at the end. What
 * lies between is each architecture's own {@link #layers}.
 */
abstract class Decoder {
  final Hyperparameters shape;
  private final Matrix embedding;
  private final OutputHead head;

  Decoder(Weights weights, Hyperparameters shape) {
    this.shape = shape;
    this.embedding = weights.matrix("token_embd.weight", shape.vocabulary(), shape.width());
    float[] outputNorm = weights.vector("output_norm.weight", shape.width());
    // Without an output matrix the embedding serves twice.
    Matrix output =
        weights.has("output.weight")
            ? weights.matrix("output.weight", shape.vocabulary(), shape.width())
            : embedding;
    this.head = new OutputHead(shape, outputNorm, output);
  }

  /** Runs all layers on {@code scratch.hidden[T, D]} in place. */
  abstract void layers(Step step);

  /** As {@link Model#again}. */
  void again(Kernels kernels, List<Span> spans, StateMemory state, Scratch scratch) {}

  /** The head that guesses ahead, if the file has one. */
  Optional<MtpHead> draft() {
    return Optional.empty();
  }

  final Matrix embedding() {
    return embedding;
  }

  final Matrix outputMatrix() {
    return head.output();
  }

  final void forward(
      Kernels kernels,
      Batch batch,
      KvMemory kv,
      StateMemory state,
      Scratch scratch,
      float[] logits,
      float[] hidden) {
    check(batch, shape, scratch, logits);
    Invariant.check(state != null || shape.delta() == null, "no state memory, a hybrid needs it");
    embed(kernels, embedding, batch.tokens(), scratch.hidden);
    layers(
        new Step(
            kernels, kv, state, batch.spans(), batch.tokens().length, batch.keptRows(), scratch));
    if (hidden != null) {
      head.hidden(kernels, batch.hiddenRows(), scratch, hidden);
    }
    if (logits != null) {
      head.forward(kernels, batch.logitRows(), scratch, logits, null);
    }
  }

  /** Writes the tokens' rows to x[T, D]. */
  static void embed(Kernels kernels, Matrix embedding, int[] tokens, float[] x) {
    for (int t = 0; t < tokens.length; t++) {
      kernels.row(embedding, tokens[t], x, t * embedding.columns());
    }
  }

  static void check(Batch batch, Hyperparameters shape, Scratch scratch, float[] logits) {
    int tokens = batch.tokens().length;
    int rows = batch.logitRows().length;
    Invariant.check(
        tokens >= 1 && tokens <= scratch.tokensMax,
        "%d tokens in a step, at most %d",
        tokens,
        scratch.tokensMax);
    Invariant.check(
        rows <= scratch.logitRowsMax
            && (logits == null || (long) rows * shape.vocabulary() <= logits.length),
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
