package dev.tangram.engine.model;

import dev.tangram.engine.file.Metadata;
import dev.tangram.engine.file.ModelFormatException;
import dev.tangram.kernel.Pairing;
import dev.tangram.kernel.Span;
import java.util.List;

/**
 * Rotary position embedding: the frequencies of one kind of layer and the angles of a step's tokens.
 *
 * <p>Sources: YaRN, Peng et al. 2023; the Llama 3 rule comes as divisors in {@code rope_freqs.weight}.
 */
final class Rope {
  private final float[] frequencies;
  private final float magnitude;
  private final Pairing pairing;
  private float[] cos = new float[0];
  private float[] sin = new float[0];

  Rope(float[] frequencies, float magnitude, Pairing pairing) {
    this.frequencies = frequencies;
    this.magnitude = magnitude;
    this.pairing = pairing;
  }

  /** theta^(-2i/rotated). */
  static float[] frequencies(float theta, int rotated) {
    float[] frequencies = new float[rotated / 2];
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] = (float) (1 / Math.pow(theta, 2.0 * i / rotated));
    }
    return frequencies;
  }

  /**
   * Reads base, divisors and scaling of the architecture {@code a}.
   *
   * @param divisors of rope_freqs.weight, or null
   */
  static Rope read(Metadata meta, String file, String a, int rotated, float[] divisors, Pairing pairing) {
    float theta = base(meta, file, a + ".rope.freq_base", 10_000);
    float[] frequencies = frequencies(theta, rotated);
    if (divisors != null) {
      for (int i = 0; i < frequencies.length; i++) {
        frequencies[i] /= divisors[i];
      }
    }
    String type = meta.string(a + ".rope.scaling.type", "none");
    float factor = meta.number(a + ".rope.scaling.factor", 1);
    if (!(factor >= 1)) {
      throw new ModelFormatException(file, a + ".rope.scaling.factor", Float.toString(factor), "at least 1");
    }
    return switch (type) {
      case "none" -> new Rope(frequencies, 1, pairing);
      case "linear" -> {
        for (int i = 0; i < frequencies.length; i++) {
          frequencies[i] /= factor;
        }
        yield new Rope(frequencies, 1, pairing);
      }
      case "yarn" -> yarn(meta, a, theta, rotated, factor, frequencies, pairing);
      default -> throw new ModelFormatException(file, a + ".rope.scaling.type", type, "none, linear or yarn");
    };
  }

  static float base(Metadata meta, String file, String key, float otherwise) {
    float theta = meta.number(key, otherwise);
    if (!(theta > 1)) {
      throw new ModelFormatException(file, key, Float.toString(theta), "above 1");
    }
    return theta;
  }

  private static Rope yarn(
      Metadata meta, String a, float theta, int rotated, float factor, float[] frequencies, Pairing pairing) {
    int original =
        meta.integer(
            a + ".rope.scaling.original_context_length", 1, Hyperparameters.CONTEXT_MAX,
            meta.integer(a + ".context_length", 1, Hyperparameters.CONTEXT_MAX));
    float betaFast = meta.number(a + ".rope.scaling.yarn_beta_fast", 32);
    float betaSlow = meta.number(a + ".rope.scaling.yarn_beta_slow", 1);
    double low = Math.max(Math.floor(corrected(betaFast, original, theta, rotated)), 0);
    double high = Math.min(Math.ceil(corrected(betaSlow, original, theta, rotated)), rotated - 1);
    if (low == high) {
      high += 0.001;
    }
    for (int i = 0; i < frequencies.length; i++) {
      double ramp = Math.clamp((i - low) / (high - low), 0, 1);
      frequencies[i] = (float) (frequencies[i] / factor * ramp + frequencies[i] * (1 - ramp));
    }
    // The file's attn_factor multiplies the usual magnitude; 1 is its neutral value.
    double magnitude = (factor > 1 ? 0.1 * Math.log(factor) + 1 : 1) * meta.number(a + ".rope.scaling.attn_factor", 1);
    return new Rope(frequencies, (float) magnitude, pairing);
  }

  /** The dimension that turns {@code rotations} times within the original context. */
  private static double corrected(double rotations, int original, double theta, int rotated) {
    return rotated * Math.log(original / (2 * Math.PI * rotations)) / (2 * Math.log(theta));
  }

  /** Computes the angles of the tokens of a step. */
  void prepare(List<Span> spans, int tokens) {
    int half = frequencies.length;
    if (cos.length < tokens * half) {
      cos = new float[tokens * half];
      sin = new float[tokens * half];
    }
    for (Span span : spans) {
      for (int j = 0; j < span.count(); j++) {
        int at = (span.row() + j) * half;
        for (int i = 0; i < half; i++) {
          // In f32 like the reference, which rounds the angle too.
          float angle = (span.position() + j) * frequencies[i];
          cos[at + i] = (float) Math.cos(angle) * magnitude;
          sin[at + i] = (float) Math.sin(angle) * magnitude;
        }
      }
    }
  }

  int rotated() {
    return 2 * frequencies.length;
  }

  float[] cos() {
    return cos;
  }

  float[] sin() {
    return sin;
  }

  Pairing pairing() {
    return pairing;
  }
}
