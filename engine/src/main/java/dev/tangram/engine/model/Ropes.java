package dev.tangram.engine.model;

import dev.tangram.engine.file.Metadata;
import dev.tangram.engine.file.ModelFile;
import dev.tangram.engine.file.ModelFormatException;

/** Reads the rotary embeddings that a file describes. */
final class Ropes {
  private static final float BASE_OTHERWISE = 10_000;

  private Ropes() {}

  /**
   * The embedding of layers that see everything: base, divisors and scaling.
   *
   * @param divisors of rope_freqs.weight, or null
   */
  static Rope read(
      ModelFile file, Architecture architecture, Hyperparameters shape, float[] divisors) {
    String name = file.path().toString();
    String prefix = architecture.word() + ".rope.";
    Metadata meta = file.metadata();
    float theta = base(meta, name, prefix + "freq_base");
    float[] frequencies = Rope.frequencies(theta, shape.rotated());
    if (divisors != null) {
      divide(name, frequencies, divisors);
    }
    String type = meta.string(prefix + "scaling.type", "none");
    float factor = within(meta, name, prefix + "scaling.factor", 1, 1, 1 << 20);
    return switch (type) {
      case "none" -> new Rope(frequencies, 1, architecture.pairing());
      case "linear" -> {
        for (int i = 0; i < frequencies.length; i++) {
          frequencies[i] /= factor;
        }
        yield new Rope(frequencies, 1, architecture.pairing());
      }
      case "yarn" ->
          yarn(meta, name, prefix + "scaling.", architecture, shape, theta, factor, frequencies);
      default ->
          throw new ModelFormatException(
              name, prefix + "scaling.type", "\"" + type + "\"", "none, linear or yarn");
    };
  }

  /** The embedding of layers that see a window: a base of its own, never scaled. */
  static Rope sliding(ModelFile file, Architecture architecture, Hyperparameters shape) {
    float theta =
        base(file.metadata(), file.path().toString(), architecture.word() + ".rope.freq_base_swa");
    return new Rope(Rope.frequencies(theta, shape.rotated()), 1, architecture.pairing());
  }

  private static Rope yarn(
      Metadata meta,
      String name,
      String prefix,
      Architecture architecture,
      Hyperparameters shape,
      float theta,
      float factor,
      float[] frequencies) {
    int original =
        meta.integer(
            prefix + "original_context_length",
            1,
            Hyperparameters.CONTEXT_MAX,
            shape.contextLength());
    float betaFast = within(meta, name, prefix + "yarn_beta_fast", 32, 1e-3f, 1e6f);
    float betaSlow = within(meta, name, prefix + "yarn_beta_slow", 1, 1e-3f, 1e6f);
    Rope.stretch(frequencies, theta, factor, original, betaFast, betaSlow);
    // The file's attn_factor multiplies the usual magnitude; 1 is its neutral value.
    double magnitude = factor > 1 ? 0.1 * Math.log(factor) + 1 : 1;
    magnitude *= within(meta, name, prefix + "attn_factor", 1, 1e-3f, 1e3f);
    return new Rope(frequencies, (float) magnitude, architecture.pairing());
  }

  private static void divide(String name, float[] frequencies, float[] divisors) {
    for (int i = 0; i < frequencies.length; i++) {
      if (!(divisors[i] >= 1e-3f && divisors[i] <= 1e6f)) {
        throw new ModelFormatException(
            name,
            "rope_freqs.weight, element " + i,
            Float.toString(divisors[i]),
            "0.001 to 1000000");
      }
      frequencies[i] /= divisors[i];
    }
  }

  private static float base(Metadata meta, String name, String key) {
    return within(meta, name, key, BASE_OTHERWISE, 1.001f, 1e12f);
  }

  private static float within(
      Metadata meta, String name, String key, float otherwise, float least, float most) {
    float value = meta.number(key, otherwise);
    if (!(value >= least && value <= most)) {
      throw new ModelFormatException(
          name, key, Float.toString(value), "%s to %s".formatted(least, most));
    }
    return value;
  }
}
