package dev.tangram.kernel.vector;

import static dev.tangram.kernel.vector.Lanes.COUNT;
import static dev.tangram.kernel.vector.Lanes.F;

import jdk.incubator.vector.FloatVector;

/**
 * Operations on single elements and rows. An element's value does not depend on where the batch
 * ends: each operation is rounded once in a register and in the plain loop of a tail, and
 * exponentials come in whole registers.
 */
final class Elementwise {
  /** Twice the root of 2 / pi. */
  static final float TWO_ROOTS = (float) (2 * Math.sqrt(2 / Math.PI));

  private Elementwise() {}

  /** Sum of squares in a fixed order. */
  static float squares(float[] x, int from, int length) {
    return FirstSteps.plain(length)
        ? PlainLoops.squares(x, from, length)
        : vectorSquares(x, from, length);
  }

  private static float vectorSquares(float[] x, int from, int length) {
    FloatVector sum = FloatVector.zero(F);
    int i = 0;
    for (; i + COUNT <= length; i += COUNT) {
      FloatVector v = FloatVector.fromArray(F, x, from + i);
      sum = v.fma(v, sum);
    }
    float[] lanes = new float[COUNT];
    sum.intoArray(lanes, 0);
    float total = Lanes.total(lanes);
    for (; i < length; i++) {
      total += x[from + i] * x[from + i];
    }
    return total;
  }

  static void rmsNorm(float[] x, int from, int length, float[] weight, float eps, float[] y) {
    float factor = (float) (1 / Math.sqrt(squares(x, from, length) / length + eps));
    if (FirstSteps.plain(length)) {
      PlainLoops.scaleBoth(x, from, length, factor, weight, y);
      return;
    }
    int i = 0;
    for (; i + COUNT <= length; i += COUNT) {
      FloatVector.fromArray(F, x, from + i)
          .mul(factor)
          .mul(FloatVector.fromArray(F, weight, i))
          .intoArray(y, from + i);
    }
    for (; i < length; i++) {
      y[from + i] = x[from + i] * factor * weight[i];
    }
  }

  /** {@code y[yAt + i] += x[xAt + i]}. */
  static void add(float[] y, int yAt, float[] x, int xAt, int count) {
    if (FirstSteps.plain(count)) {
      PlainLoops.add(y, yAt, x, xAt, count);
      return;
    }
    int i = 0;
    for (; i + COUNT <= count; i += COUNT) {
      FloatVector.fromArray(F, y, yAt + i)
          .add(FloatVector.fromArray(F, x, xAt + i))
          .intoArray(y, yAt + i);
    }
    for (; i < count; i++) {
      y[yAt + i] += x[xAt + i];
    }
  }

  /** {@code y[yAt + i] += factor * x[xAt + i]}, rounded once. */
  static void addScaled(float[] y, int yAt, float[] x, int xAt, float factor, int count) {
    FloatVector factors = FloatVector.broadcast(F, factor);
    int i = 0;
    for (; i + COUNT <= count; i += COUNT) {
      FloatVector.fromArray(F, x, xAt + i)
          .fma(factors, FloatVector.fromArray(F, y, yAt + i))
          .intoArray(y, yAt + i);
    }
    for (; i < count; i++) {
      y[yAt + i] = Math.fma(x[xAt + i], factor, y[yAt + i]);
    }
  }

  static void scale(float[] y, int from, int to, float factor) {
    int i = from;
    for (; i + COUNT <= to; i += COUNT) {
      FloatVector.fromArray(F, y, i).mul(factor).intoArray(y, i);
    }
    for (; i < to; i++) {
      y[i] *= factor;
    }
  }

  static void siluMultiply(float[] gate, float[] up, int from, int to) {
    if (FirstSteps.plain(to - from)) {
      PlainLoops.siluMultiply(gate, up, from, to);
      return;
    }
    silu(gate, from, to);
    multiply(gate, up, from, to);
  }

  /** {@code y[i] = y[i] * sigmoid(y[i])}. */
  static void silu(float[] y, int from, int to) {
    sigmoidMultiply(y, y, from, to);
  }

  static void sigmoidMultiply(float[] y, float[] gate, int from, int to) {
    float[] piece = Exponentials.piece();
    for (int at = from; at < to; at += Exponentials.PIECE) {
      int count = Math.min(Exponentials.PIECE, to - at);
      int i = 0;
      for (; i + COUNT <= count; i += COUNT) {
        FloatVector.fromArray(F, gate, at + i).neg().intoArray(piece, i);
      }
      for (; i < count; i++) {
        piece[i] = -gate[at + i];
      }
      divideBySigmoids(y, at, piece, count);
    }
  }

  /** tanh-GELU as {@code g * sigmoid(2 z)}, which is the same as {@code g / 2 * (1 + tanh z)}. */
  static void geluMultiply(float[] gate, float[] up, int from, int to) {
    if (FirstSteps.plain(to - from)) {
      PlainLoops.geluMultiply(gate, up, from, to);
      return;
    }
    float[] piece = Exponentials.piece();
    for (int at = from; at < to; at += Exponentials.PIECE) {
      int count = Math.min(Exponentials.PIECE, to - at);
      int i = 0;
      for (; i + COUNT <= count; i += COUNT) {
        FloatVector g = FloatVector.fromArray(F, gate, at + i);
        g.mul(g).mul(0.044715f).add(1).mul(g).mul(TWO_ROOTS).neg().intoArray(piece, i);
      }
      for (; i < count; i++) {
        float g = gate[at + i];
        piece[i] = -((g * g * 0.044715f + 1) * g * TWO_ROOTS);
      }
      divideBySigmoids(gate, at, piece, count);
    }
    multiply(gate, up, from, to);
  }

  /** {@code y[at + i] = y[at + i] / (exp(x[i]) + 1)}; of x nothing is left. */
  private static void divideBySigmoids(float[] y, int at, float[] x, int count) {
    Exponentials.of(x, 0, Exponentials.padded(count), 0);
    int i = 0;
    for (; i + COUNT <= count; i += COUNT) {
      FloatVector.fromArray(F, y, at + i)
          .div(FloatVector.fromArray(F, x, i).add(1))
          .intoArray(y, at + i);
    }
    for (; i < count; i++) {
      y[at + i] /= x[i] + 1;
    }
  }

  private static void multiply(float[] y, float[] x, int from, int to) {
    int i = from;
    for (; i + COUNT <= to; i += COUNT) {
      FloatVector.fromArray(F, y, i).mul(FloatVector.fromArray(F, x, i)).intoArray(y, i);
    }
    for (; i < to; i++) {
      y[i] *= x[i];
    }
  }

  /** Turns the pairs (i, i + half) of one head at {@code at}. */
  static void rotateHalves(float[] x, int at, int half, float[] cos, float[] sin, int angles) {
    if (FirstSteps.plain(2 * half)) {
      PlainLoops.rotateHalves(x, at, half, cos, sin, angles);
      return;
    }
    int i = 0;
    for (; i + COUNT <= half; i += COUNT) {
      FloatVector a = FloatVector.fromArray(F, x, at + i);
      FloatVector b = FloatVector.fromArray(F, x, at + half + i);
      FloatVector c = FloatVector.fromArray(F, cos, angles + i);
      FloatVector s = FloatVector.fromArray(F, sin, angles + i);
      a.mul(c).sub(b.mul(s)).intoArray(x, at + i);
      b.mul(c).add(a.mul(s)).intoArray(x, at + half + i);
    }
    for (; i < half; i++) {
      float a = x[at + i];
      float b = x[at + half + i];
      x[at + i] = a * cos[angles + i] - b * sin[angles + i];
      x[at + half + i] = b * cos[angles + i] + a * sin[angles + i];
    }
  }

  /**
   * Turns the pairs (2i, 2i + 1): neighbours swap by a plain loop, which the compiler vectorises
   * well enough.
   */
  static void rotateAdjacent(float[] x, int at, int half, float[] cos, float[] sin, int angles) {
    for (int i = 0; i < half; i++) {
      float a = x[at + 2 * i];
      float b = x[at + 2 * i + 1];
      x[at + 2 * i] = a * cos[angles + i] - b * sin[angles + i];
      x[at + 2 * i + 1] = b * cos[angles + i] + a * sin[angles + i];
    }
  }
}
