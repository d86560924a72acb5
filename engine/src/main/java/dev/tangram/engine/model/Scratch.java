package dev.tangram.engine.model;

import dev.tangram.kernel.DeltaShape;

/** Buffers of a step, allocated once. Each is [tokensMax, its width]. */
final class Scratch {
  final float[] hidden;
  final float[] normed;
  final float[] sublayer;
  final float[] query;
  final float[] key;
  final float[] value;
  final float[] attended;
  final float[] gate;
  final float[] up;
  final float[] selected;

  /** Gates of gated attention; empty where there is none. */
  final float[] queryGate;

  /** [tokensMax, 2 D]: what an MTP head reads; empty where there is none. */
  final float[] joined;

  /** Null where there are none. */
  final Experts experts;

  /** Null where there are no recurrent layers. */
  final Delta delta;

  final int tokensMax;
  final int logitRowsMax;

  /** Bytes that the buffers of such a step take. */
  static long bytes(Hyperparameters shape, int tokensMax, int logitRowsMax) {
    long queryWidth = shape.heads() * shape.headSize();
    long row =
        3L * shape.width()
            + 2 * queryWidth
            + 2L * shape.kvHeads() * shape.headSize()
            + 2L * feedForward(shape)
            + (shape.delta() == null ? 0 : queryWidth + Delta.row(shape))
            + 2L * shape.drafts() * shape.width()
            + (shape.experts() == null ? 0 : Experts.row(shape));
    return Float.BYTES * (row * tokensMax + (long) shape.width() * logitRowsMax);
  }

  Scratch(Hyperparameters shape, int tokensMax, int logitRowsMax) {
    this.tokensMax = tokensMax;
    this.logitRowsMax = logitRowsMax;
    int queryWidth = shape.heads() * shape.headSize();
    int keyWidth = shape.kvHeads() * shape.headSize();
    hidden = new float[tokensMax * shape.width()];
    normed = new float[tokensMax * shape.width()];
    sublayer = new float[tokensMax * shape.width()];
    query = new float[tokensMax * queryWidth];
    key = new float[tokensMax * keyWidth];
    value = new float[tokensMax * keyWidth];
    attended = new float[tokensMax * queryWidth];
    gate = new float[tokensMax * feedForward(shape)];
    up = new float[tokensMax * feedForward(shape)];
    selected = new float[logitRowsMax * shape.width()];
    queryGate = new float[shape.delta() == null ? 0 : tokensMax * queryWidth];
    joined = new float[2 * shape.drafts() * tokensMax * shape.width()];
    experts = shape.experts() == null ? null : new Experts(shape, tokensMax);
    delta = shape.delta() == null ? null : new Delta(shape, tokensMax);
  }

  /** The widest dense feed-forward sublayer, shared experts included. */
  private static int feedForward(Hyperparameters shape) {
    int shared = shape.experts() == null ? 0 : shape.experts().sharedWidth();
    return Math.max(shape.feedForward(), shared);
  }

  /** Of a mixture of experts. A pair is a token and one of the experts it passes. */
  static final class Experts {
    /** [T, E]. */
    final float[] logits;

    /** [T, used]: experts, their weights, and the pairs' rows once grouped by expert. */
    final int[] chosen;

    final float[] weights;
    final int[] rows;

    /** First row of each expert, and the end of the last. */
    final int[] starts;

    final int[] next;

    /** [T used, D] or [T used, F]: one row for each pair. */
    final float[] gathered;

    final float[] gate;
    final float[] up;
    final float[] parts;

    /** [T, D] and [T, 1]. */
    final float[] shared;

    final float[] sharedGate;

    static long row(Hyperparameters shape) {
      ExpertNumbers numbers = shape.experts();
      return numbers.count()
          + numbers.used() * (3L + 2L * shape.width() + 2L * numbers.width())
          + (numbers.sharedWidth() > 0 ? shape.width() + 1 : 0);
    }

    Experts(Hyperparameters shape, int tokensMax) {
      ExpertNumbers numbers = shape.experts();
      int pairs = tokensMax * numbers.used();
      logits = new float[tokensMax * numbers.count()];
      chosen = new int[pairs];
      weights = new float[pairs];
      rows = new int[pairs];
      starts = new int[numbers.count() + 1];
      next = new int[numbers.count()];
      gathered = new float[pairs * shape.width()];
      gate = new float[pairs * numbers.width()];
      up = new float[pairs * numbers.width()];
      parts = new float[pairs * shape.width()];
      boolean shares = numbers.sharedWidth() > 0;
      shared = new float[shares ? tokensMax * shape.width() : 0];
      sharedGate = new float[shares ? tokensMax : 0];
    }
  }

  /** Of a Gated DeltaNet layer. */
  static final class Delta {
    /** [T, C], before and after the convolution. */
    final float[] inputs;

    final float[] mixed;

    /** [T, Hv dv]. */
    final float[] gate;

    final float[] heads;

    /** [T, Hv]. */
    final float[] write;

    final float[] decay;

    static long row(Hyperparameters shape) {
      DeltaShape delta = shape.delta().shape();
      return 2L * (delta.channels() + delta.inner() + delta.valueHeads());
    }

    Delta(Hyperparameters shape, int tokensMax) {
      DeltaShape delta = shape.delta().shape();
      inputs = new float[tokensMax * delta.channels()];
      mixed = new float[tokensMax * delta.channels()];
      gate = new float[tokensMax * delta.inner()];
      heads = new float[tokensMax * delta.inner()];
      write = new float[tokensMax * delta.valueHeads()];
      decay = new float[tokensMax * delta.valueHeads()];
    }
  }
}
