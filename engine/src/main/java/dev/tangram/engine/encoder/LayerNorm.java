package dev.tangram.engine.encoder;

import dev.tangram.kernel.Kernels;

/** A layer norm with its weights. */
record LayerNorm(float[] weight, float[] bias, float eps) {
  static LayerNorm of(EncoderWeights weights, String name, EncoderConfig config) {
    return new LayerNorm(
        weights.vector(name + ".weight", config.width()),
        weights.vector(name + ".bias", config.width()),
        config.eps());
  }

  /** Norms x[rows, D] in place. */
  void apply(Kernels kernels, float[] x, int rows) {
    kernels.layerNorm(x, rows, weight.length, weight, bias, eps, x);
  }
}
