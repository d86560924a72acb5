package dev.tangram.engine.model;

import dev.tangram.kernel.Pairing;
import dev.tangram.kernel.Span;
import java.util.List;

/**
 * Rotary position embedding: the frequencies of one kind of layer and the angles of a step's
 * tokens.
 *
 * <p>Sources: YaRN, Peng et al. 2023; the Llama 3 rule comes as divisors in {@code
 * rope_freqs.weight}.
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
   * YaRN, in place: dimensions that turn often keep their frequency, those that turn seldom are
   * slowed by {@code factor}, those between are mixed.
   *
   * @param original context length that the model was trained with
   * @param betaFast turns within it from which on a frequency is kept
   * @param betaSlow turns within it up to which a frequency is divided
   */
  static void stretch(
      float[] frequencies,
      float theta,
      float factor,
      int original,
      float betaFast,
      float betaSlow) {
    int rotated = 2 * frequencies.length;
    double low = Math.max(Math.floor(corrected(betaFast, original, theta, rotated)), 0);
    double high = Math.min(Math.ceil(corrected(betaSlow, original, theta, rotated)), rotated - 1);
    if (low == high) {
      high += 0.001;
    }
    for (int i = 0; i < frequencies.length; i++) {
      double ramp = Math.clamp((i - low) / (high - low), 0, 1);
      frequencies[i] = (float) (frequencies[i] / factor * ramp + frequencies[i] * (1 - ramp));
    }
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
