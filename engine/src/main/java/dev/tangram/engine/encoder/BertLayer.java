package dev.tangram.engine.encoder;

import dev.tangram.kernel.Kernels;
import dev.tangram.kernel.Matrix;

/** One layer with its norms after the sums: attend, add, norm; feed forward, add, norm. */
final class BertLayer {
  /** {@code y = W x + b}. */
  private record Linear(Matrix weight, float[] bias) {
    static Linear of(EncoderWeights weights, String name, int rows, int columns) {
      return new Linear(
          weights.matrix(name + ".weight", rows, columns), weights.vector(name + ".bias", rows));
    }

    void apply(Kernels kernels, float[] x, int tokens, float[] y) {
      kernels.multiply(weight, x, tokens, y);
      kernels.addBias(y, tokens, bias);
    }
  }

  private final EncoderConfig config;
  private final Linear query;
  private final Linear key;
  private final Linear value;
  private final Linear output;
  private final LayerNorm attentionNorm;
  private final Linear up;
  private final Linear down;
  private final LayerNorm outputNorm;

  BertLayer(EncoderWeights weights, EncoderConfig config, int layer) {
    String prefix = "encoder.layer." + layer + ".";
    int width = config.width();
    this.config = config;
    this.query = Linear.of(weights, prefix + "attention.self.query", width, width);
    this.key = Linear.of(weights, prefix + "attention.self.key", width, width);
    this.value = Linear.of(weights, prefix + "attention.self.value", width, width);
    this.output = Linear.of(weights, prefix + "attention.output.dense", width, width);
    this.attentionNorm = LayerNorm.of(weights, prefix + "attention.output.LayerNorm", config);
    this.up = Linear.of(weights, prefix + "intermediate.dense", config.feedForward(), width);
    this.down = Linear.of(weights, prefix + "output.dense", width, config.feedForward());
    this.outputNorm = LayerNorm.of(weights, prefix + "output.LayerNorm", config);
  }

  /** Changes {@code scratch.hidden[T, D]}. */
  void forward(Kernels kernels, int[] starts, EncoderScratch scratch) {
    int tokens = starts[starts.length - 1];
    int count = tokens * config.width();
    float scale = (float) (1 / Math.sqrt(config.headSize()));
    query.apply(kernels, scratch.hidden, tokens, scratch.query);
    key.apply(kernels, scratch.hidden, tokens, scratch.key);
    value.apply(kernels, scratch.hidden, tokens, scratch.value);
    kernels.textAttention(
        starts,
        config.heads(),
        config.headSize(),
        scale,
        scratch.query,
        scratch.key,
        scratch.value,
        scratch.attended);
    output.apply(kernels, scratch.attended, tokens, scratch.sublayer);
    kernels.add(scratch.hidden, scratch.sublayer, count);
    attentionNorm.apply(kernels, scratch.hidden, tokens);

    up.apply(kernels, scratch.hidden, tokens, scratch.feedForward);
    kernels.gelu(scratch.feedForward, tokens * config.feedForward());
    down.apply(kernels, scratch.feedForward, tokens, scratch.sublayer);
    kernels.add(scratch.hidden, scratch.sublayer, count);
    outputNorm.apply(kernels, scratch.hidden, tokens);
  }
}
