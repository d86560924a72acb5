package dev.tangram.engine.encoder;

/** The activations of one step of at most {@code tokensMax} tokens. */
final class EncoderScratch {
  final int tokensMax;
  final float[] hidden;
  final float[] query;
  final float[] key;
  final float[] value;
  final float[] attended;
  final float[] sublayer;
  final float[] feedForward;

  EncoderScratch(EncoderConfig config, int tokensMax) {
    this.tokensMax = tokensMax;
    int size = Math.multiplyExact(tokensMax, config.width());
    hidden = new float[size];
    query = new float[size];
    key = new float[size];
    value = new float[size];
    attended = new float[size];
    sublayer = new float[size];
    feedForward = new float[Math.multiplyExact(tokensMax, config.feedForward())];
  }

  /** Heap that a step of so many tokens takes. */
  static long bytes(EncoderConfig config, int tokensMax) {
    return 4L * tokensMax * (6L * config.width() + config.feedForward());
  }
}
