package dev.tangram.engine.model;

/**
 * One layer of a pre-norm decoder: {@code h += mixer(norm(h)); h += feedForward(norm(h))}.
 *
 * @param mixer moves information between positions: attention or a DeltaNet
 * @param feedForward works on each position alone: dense or experts
 */
record PreNormLayer(
    float[] mixerNorm, Sublayer mixer, float[] feedForwardNorm, Sublayer feedForward) {
  /** Runs on {@code scratch.hidden[T, D]} in place. */
  void forward(Step step, Hyperparameters shape) {
    add(step, shape, mixerNorm, mixer);
    add(step, shape, feedForwardNorm, feedForward);
  }

  private static void add(Step step, Hyperparameters shape, float[] norm, Sublayer sublayer) {
    Scratch scratch = step.scratch();
    int width = shape.width();
    step.kernels().rmsNorm(scratch.hidden, step.tokens(), width, norm, shape.eps(), scratch.normed);
    sublayer.forward(step, scratch.normed, scratch.sublayer);
    step.kernels().add(scratch.hidden, scratch.sublayer, step.tokens() * width);
  }
}
