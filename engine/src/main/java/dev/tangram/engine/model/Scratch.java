package dev.tangram.engine.model;

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
  final int tokensMax;
  final int logitRowsMax;

  /** Bytes that the buffers of such a step take. */
  static long bytes(Hyperparameters shape, int tokensMax, int logitRowsMax) {
    long row =
        3L * shape.width()
            + 2L * shape.heads() * shape.headSize()
            + 2L * shape.kvHeads() * shape.headSize()
            + 2L * shape.feedForward();
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
    gate = new float[tokensMax * shape.feedForward()];
    up = new float[tokensMax * shape.feedForward()];
    selected = new float[logitRowsMax * shape.width()];
  }
}
