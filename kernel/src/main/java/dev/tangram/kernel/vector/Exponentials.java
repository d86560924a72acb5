package dev.tangram.kernel.vector;

import static dev.tangram.kernel.vector.Lanes.COUNT;
import static dev.tangram.kernel.vector.Lanes.F;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * e^x of arrays, relative error below 2e-7 (Cephes expf: Moshier, polynomial of degree 5); 0 below
 * -87.3, infinite above 88.7.
 *
 * <p>Arrays go in and out, not registers: a register that crosses a call becomes an object wherever
 * the compiler does not inline the callee, which it refuses once that was compiled by itself.
 */
final class Exponentials {
  static final float LOG2E = 1.44269504088896341f;

  // ln 2 in two parts: the first has so few bits that n times it is exact.
  static final float LN2_HIGH = 0.693359375f;
  static final float LN2_LOW = -2.12194440e-4f;

  /** Adding this rounds a small float to an integer in its low bits. */
  static final float ROUND = 0x1.8p23f;

  /** Floats of a {@link #piece}: with those they came from, well inside the first-level cache. */
  static final int PIECE = 512;

  private static final ThreadLocal<float[]> PIECES =
      ThreadLocal.withInitial(() -> new float[PIECE]);

  private Exponentials() {}

  /** Room for {@value #PIECE} exponentials, the calling thread's own until its next use of it. */
  static float[] piece() {
    return PIECES.get();
  }

  /** {@code count} made whole registers. */
  static int padded(int count) {
    return Math.ceilDiv(count, COUNT) * COUNT;
  }

  /** {@code x[i] = exp(x[i] - less)} for i in [from, to), which are whole registers. */
  static void of(float[] x, int from, int to, float less) {
    for (int i = from; i < to; i += COUNT) {
      FloatVector v = FloatVector.fromArray(F, x, i).sub(less);
      FloatVector clamped = v.max(-87.3f).min(88.7f);
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
      p.reinterpretAsInts()
          .add(power)
          .reinterpretAsFloats()
          .blend(0, v.lt(-87.3f))
          .blend(Float.POSITIVE_INFINITY, v.compare(VectorOperators.GT, 88.7f))
          .intoArray(x, i);
    }
  }
}
