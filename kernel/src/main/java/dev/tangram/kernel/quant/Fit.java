package dev.tangram.kernel.quant;

import java.util.Arrays;

/**
 * Searches the scale with which a few values are best told by small integers. Each candidate rounds
 * the values to quants, and least squares over those quants gives the scale (and the minimum) that
 * suits them; the candidate of least weighted error stays.
 *
 * <p>Numerics: all in single precision and in a fixed order, as in ggml's reference.
 *
 * <p>Threads: one.
 */
final class Fit {
  /** Groups whose values are all smaller than this are zero. */
  static final float NOTHING = 1e-15f;

  /** Ranges below this have an inverse that overflows. */
  private static final float RANGE_MIN = 1e-30f;

  private static final float STEP = 0.1f;

  /** Added to a float below 2^22 and taken from its bits, this rounds to the nearest integer. */
  private static final float MAGIC = 0x1.8p23f;

  private static final int MAGIC_BITS = Float.floatToRawIntBits(MAGIC);

  private final int[] candidate = new int[32];

  /** The quants of the last search. */
  final int[] quants = new int[32];

  /** What the last {@link #affine} search found to subtract: {@code x = scale q - minimum}. */
  float minimum;

  /** To the nearest, ties to even; |value| below 2^22. */
  static int nearest(float value) {
    return Float.floatToRawIntBits(value + MAGIC) - MAGIC_BITS;
  }

  static int clamp(int value, int least, int most) {
    return Math.max(least, Math.min(most, value));
  }

  /**
   * {@code x = scale q} with q in [-half, half), errors weighted by x squared.
   *
   * @return the scale, perhaps negative; {@link #quants} holds q + half
   */
  float symmetric(float[] x, int from, int count, int half) {
    float extreme = 0;
    for (int i = 0; i < count; i++) {
      if (Math.abs(x[from + i]) > Math.abs(extreme)) {
        extreme = x[from + i];
      }
    }
    if (Math.abs(extreme) < NOTHING) {
      Arrays.fill(quants, 0, count, 0);
      return 0;
    }
    float scale = 0;
    float best = 0;
    // The plain choice first, then up to nine tenths of a step less or more.
    for (int trial = 0; trial < 19; trial++) {
      int tenths = trial == 0 ? 0 : trial <= 9 ? trial - 10 : trial - 9;
      float inverse = -(half + STEP * tenths) / extreme;
      float sumXq = 0;
      float sumQq = 0;
      for (int i = 0; i < count; i++) {
        float v = x[from + i];
        int q = clamp(nearest(inverse * v), -half, half - 1);
        candidate[i] = q + half;
        float w = v * v;
        sumXq += w * v * q;
        sumQq += w * q * q;
      }
      boolean better = trial == 0 || sumQq > 0 && sumXq * sumXq > best * sumQq;
      if (better) {
        System.arraycopy(candidate, 0, quants, 0, count);
        scale = sumQq != 0 ? sumXq / sumQq : 0;
        best = scale * sumXq;
      }
    }
    return scale;
  }

  /**
   * {@code x = scale q - minimum} with q in [0, top] and a minimum of at least zero.
   *
   * @param first tenths of a step by which the finest candidate falls short of {@code top}, below 0
   * @param trials candidates, each a tenth of a step finer than the last
   * @return the scale; {@link #quants} and {@link #minimum} hold the rest
   */
  float affine(
      float[] x, int from, int count, float[] weights, int top, float first, int trials) {
    float least = x[from];
    float most = x[from];
    float sumW = weights[0];
    float sumX = sumW * x[from];
    for (int i = 1; i < count; i++) {
      float v = x[from + i];
      least = Math.min(least, v);
      most = Math.max(most, v);
      sumW += weights[i];
      sumX += weights[i] * v;
    }
    least = Math.min(least, 0);
    float range = most - least;
    if (range < RANGE_MIN) {
      Arrays.fill(quants, 0, count, 0);
      minimum = -least;
      return 0;
    }
    float inverse = top / range;
    float scale = 1 / inverse;
    minimum = -least;
    round(x, from, count, least, inverse, top, quants);
    float best = error(x, from, count, weights, quants, scale, least);
    float lowest = least;
    for (int trial = 0; trial <= trials; trial++) {
      inverse = (first + STEP * trial + top) / (most - lowest);
      round(x, from, count, lowest, inverse, top, candidate);
      float sumQ = 0;
      float sumQq = 0;
      float sumXq = 0;
      for (int i = 0; i < count; i++) {
        float wq = weights[i] * candidate[i];
        sumQ += wq;
        sumQq += wq * candidate[i];
        sumXq += wq * x[from + i];
      }
      float determinant = sumW * sumQq - sumQ * sumQ;
      if (!(determinant > 0)) {
        continue;
      }
      float fitted = (sumW * sumXq - sumX * sumQ) / determinant;
      float base = (sumQq * sumX - sumQ * sumXq) / determinant;
      if (base > 0) {
        base = 0;
        fitted = sumXq / sumQq;
      }
      float error = error(x, from, count, weights, candidate, fitted, base);
      if (error < best) {
        best = error;
        System.arraycopy(candidate, 0, quants, 0, count);
        scale = fitted;
        lowest = base;
        minimum = -base;
      }
    }
    return scale;
  }

  private static void round(
      float[] x, int from, int count, float least, float inverse, int top, int[] quants) {
    for (int i = 0; i < count; i++) {
      quants[i] = clamp(nearest(inverse * (x[from + i] - least)), 0, top);
    }
  }

  private static float error(
      float[] x,
      int from,
      int count,
      float[] weights,
      int[] quants,
      float scale,
      float least) {
    float error = 0;
    for (int i = 0; i < count; i++) {
      float difference = scale * quants[i] + least - x[from + i];
      error += weights[i] * (difference * difference);
    }
    return error;
  }
}
