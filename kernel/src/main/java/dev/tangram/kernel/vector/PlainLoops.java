package dev.tangram.kernel.vector;

import static dev.tangram.kernel.vector.Lanes.COUNT;

import dev.tangram.kernel.KvMemory;
import java.util.Arrays;

/**
 * {@link Elementwise}, {@link Softmax} and {@link AttentionLoops} without registers: the same
 * operations on the same numbers in the same order, so the same bits.
 */
final class PlainLoops {
  private PlainLoops() {}

  /** {@link Exponentials} of one. */
  static float exp(float x) {
    float clamped = Math.min(Math.max(x, -87.3f), 88.7f);
    float shifted = Math.fma(clamped, Exponentials.LOG2E, Exponentials.ROUND);
    float n = shifted - Exponentials.ROUND;
    float r = Math.fma(n, -Exponentials.LN2_HIGH, clamped);
    r = Math.fma(n, -Exponentials.LN2_LOW, r);
    float p = 1.9875691500e-4f;
    p = Math.fma(p, r, 1.3981999507e-3f);
    p = Math.fma(p, r, 8.3334519073e-3f);
    p = Math.fma(p, r, 4.1665795894e-2f);
    p = Math.fma(p, r, 1.6666665459e-1f);
    p = Math.fma(p, r, 5.0000001201e-1f);
    p = Math.fma(p, r * r, r + 1);
    int power = Float.floatToRawIntBits(shifted) << 23;
    float result = Float.intBitsToFloat(Float.floatToRawIntBits(p) + power);
    return x < -87.3f ? 0 : x > 88.7f ? Float.POSITIVE_INFINITY : result;
  }

  /** {@link Softmax#shares}; {@code lanes} is room for one register. */
  static float shares(float[] scores, int from, int to, float top, float[] lanes) {
    Arrays.fill(lanes, 0);
    for (int i = from; i < to; i++) {
      scores[i] = exp(scores[i] - top);
      lanes[(i - from) % COUNT] += scores[i];
    }
    return Lanes.total(lanes);
  }

  /**
   * Scores of one query and a block's positions, written from {@code to} on.
   *
   * @param keys of the block, [S, {@link KvMemory#BLOCK_LENGTH}]
   * @param at where the query begins
   */
  static void scores(
      float[] keys, int size, float[] q, int at, float scale, float[] scores, int to) {
    float[] sums = new float[KvMemory.BLOCK_LENGTH];
    for (int s = 0; s < size; s++) {
      float element = q[at + s];
      int row = s * KvMemory.BLOCK_LENGTH;
      for (int j = 0; j < KvMemory.BLOCK_LENGTH; j++) {
        sums[j] = Math.fma(keys[row + j], element, sums[j]);
      }
    }
    for (int j = 0; j < KvMemory.BLOCK_LENGTH; j++) {
      scores[to + j] = sums[j] * scale;
    }
  }

  /**
   * Adds to one output the values of a block by their shares.
   *
   * @param values of the block, rows of {@code length}
   */
  static void values(
      float[] values, int length, float[] shares, int at, float[] out, int to, int size) {
    for (int j = 0; j < KvMemory.BLOCK_LENGTH; j++) {
      float share = shares[at + j];
      int row = j * length;
      for (int s = 0; s < size; s++) {
        out[to + s] = Math.fma(values[row + s], share, out[to + s]);
      }
    }
  }

  static float squares(float[] x, int from, int length) {
    float[] sums = new float[COUNT];
    int whole = length - length % COUNT;
    for (int i = 0; i < whole; i++) {
      float v = x[from + i];
      sums[i % COUNT] = Math.fma(v, v, sums[i % COUNT]);
    }
    float total = 0;
    for (float sum : sums) {
      total += sum;
    }
    for (int i = whole; i < length; i++) {
      total += x[from + i] * x[from + i];
    }
    return total;
  }

  /** {@code y[from + i] = x[from + i] * factor * weight[i]}. */
  static void scaleBoth(float[] x, int from, int length, float factor, float[] weight, float[] y) {
    for (int i = 0; i < length; i++) {
      y[from + i] = x[from + i] * factor * weight[i];
    }
  }

  static void add(float[] y, int yAt, float[] x, int xAt, int count) {
    for (int i = 0; i < count; i++) {
      y[yAt + i] += x[xAt + i];
    }
  }

  static void siluMultiply(float[] gate, float[] up, int from, int to) {
    for (int i = from; i < to; i++) {
      gate[i] = gate[i] / (exp(-gate[i]) + 1) * up[i];
    }
  }

  static void geluMultiply(float[] gate, float[] up, int from, int to) {
    for (int i = from; i < to; i++) {
      float g = gate[i];
      float z = (g * g * 0.044715f + 1) * g * Elementwise.TWO_ROOTS;
      gate[i] = g / (exp(-z) + 1) * up[i];
    }
  }

  static void rotateHalves(float[] x, int at, int half, float[] cos, float[] sin, int angles) {
    for (int i = 0; i < half; i++) {
      float a = x[at + i];
      float b = x[at + half + i];
      x[at + i] = a * cos[angles + i] - b * sin[angles + i];
      x[at + half + i] = b * cos[angles + i] + a * sin[angles + i];
    }
  }
}
