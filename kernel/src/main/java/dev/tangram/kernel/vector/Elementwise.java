package dev.tangram.kernel.vector;

import static dev.tangram.kernel.vector.Lanes.COUNT;
import static dev.tangram.kernel.vector.Lanes.F;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Operations on single elements and rows. Where the formula is one rounding an operation, tails are
 * plain loops; where there is an exponential they are masked registers, so that an element's value
 * does not depend on where the batch ends.
 */
final class Elementwise {
  static final float LOG2E = 1.44269504088896341f;

  // ln 2 in two parts: the first has so few bits that n times it is exact.
  static final float LN2_HIGH = 0.693359375f;
  static final float LN2_LOW = -2.12194440e-4f;

  /** Adding this rounds a small float to an integer in its low bits. */
  static final float ROUND = 0x1.8p23f;

  /** Twice the root of 2 / pi. */
  static final float TWO_ROOTS = (float) (2 * Math.sqrt(2 / Math.PI));

  private Elementwise() {}

  /**
   * e^x, relative error below 2e-7 (Cephes expf: Moshier, polynomial of degree 5); 0 below -87.3,
   * infinite above 88.7.
   */
  static FloatVector exp(FloatVector x) {
    FloatVector clamped = x.max(-87.3f).min(88.7f);
    FloatVector shifted =
        clamped.fma(FloatVector.broadcast(F, LOG2E), FloatVector.broadcast(F, ROUND));
    FloatVector n = shifted.sub(ROUND);
    FloatVector r = n.fma(FloatVector.broadcast(F, -LN2_HIGH), clamped);
    r = n.fma(FloatVector.broadcast(F, -LN2_LOW), r);
    FloatVector p = FloatVector.broadcast(F, 1.9875691500e-4f);
    p = p.fma(r, FloatVector.broadcast(F, 1.3981999507e-3f));
    p = p.fma(r, FloatVector.broadcast(F, 8.3334519073e-3f));
    p = p.fma(r, FloatVector.broadcast(F, 4.1665795894e-2f));
    p = p.fma(r, FloatVector.broadcast(F, 1.6666665459e-1f));
    p = p.fma(r, FloatVector.broadcast(F, 5.0000001201e-1f));
    p = p.fma(r.mul(r), r.add(1));
    IntVector power = shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23);
    FloatVector result = p.reinterpretAsInts().add(power).reinterpretAsFloats();
    return result
        .blend(0, x.lt(-87.3f))
        .blend(Float.POSITIVE_INFINITY, x.compare(VectorOperators.GT, 88.7f));
  }

  /**
   * Sum of squares in a fixed order: lane by lane, because the order of reduceLanes is not
   * promised.
   */
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
    float total = 0;
    for (int lane = 0; lane < COUNT; lane++) {
      total += sum.lane(lane);
    }
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
    int i = from;
    for (; i + COUNT <= to; i += COUNT) {
      silu(FloatVector.fromArray(F, gate, i))
          .mul(FloatVector.fromArray(F, up, i))
          .intoArray(gate, i);
    }
    if (i < to) {
      VectorMask<Float> tail = F.indexInRange(i, to);
      silu(FloatVector.fromArray(F, gate, i, tail))
          .mul(FloatVector.fromArray(F, up, i, tail))
          .intoArray(gate, i, tail);
    }
  }

  static FloatVector silu(FloatVector g) {
    return g.div(exp(g.neg()).add(1));
  }

  static void sigmoidMultiply(float[] y, float[] gate, int from, int to) {
    int i = from;
    for (; i + COUNT <= to; i += COUNT) {
      FloatVector.fromArray(F, y, i)
          .div(exp(FloatVector.fromArray(F, gate, i).neg()).add(1))
          .intoArray(y, i);
    }
    if (i < to) {
      VectorMask<Float> tail = F.indexInRange(i, to);
      FloatVector.fromArray(F, y, i, tail)
          .div(exp(FloatVector.fromArray(F, gate, i, tail).neg()).add(1))
          .intoArray(y, i, tail);
    }
  }

  /** tanh-GELU as {@code g * sigmoid(2 z)}, which is the same as {@code g / 2 * (1 + tanh z)}. */
  static void geluMultiply(float[] gate, float[] up, int from, int to) {
    if (FirstSteps.plain(to - from)) {
      PlainLoops.geluMultiply(gate, up, from, to);
      return;
    }
    int i = from;
    for (; i + COUNT <= to; i += COUNT) {
      gelu(FloatVector.fromArray(F, gate, i))
          .mul(FloatVector.fromArray(F, up, i))
          .intoArray(gate, i);
    }
    if (i < to) {
      VectorMask<Float> tail = F.indexInRange(i, to);
      gelu(FloatVector.fromArray(F, gate, i, tail))
          .mul(FloatVector.fromArray(F, up, i, tail))
          .intoArray(gate, i, tail);
    }
  }

  private static FloatVector gelu(FloatVector g) {
    FloatVector z = g.mul(g).mul(0.044715f).add(1).mul(g).mul(TWO_ROOTS);
    return g.div(exp(z.neg()).add(1));
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
