package dev.tangram.engine.model;

/** What stands between a norm and the residual: attention, DeltaNet, feed-forward, experts. */
interface Sublayer {
  /** Reads x[T, D] and writes y[T, D]; y is not x. */
  void forward(Step step, float[] x, float[] y);
}
