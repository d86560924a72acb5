package dev.tangram.kernel.vector;

import static dev.tangram.kernel.vector.Lanes.COUNT;
import static dev.tangram.kernel.vector.Lanes.F;
import static dev.tangram.kernel.vector.Lanes.ORDER;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;

/**
 * The inner loops of {@link DeltaRule} over the keys of a panel, two registers of values at a time.
 * With the old state m, {@code S k = m k} and {@code S q = m q} are taken in one pass, and the
 * change of one token in the pass that takes the sums of the next.
 *
 * <p>Numerics: per value one FMA chain in the order of keys for each sum, and {@code m = change k +
 * (kept m)} for each element, whichever loop does it.
 */
final class DeltaLoops {
  private DeltaLoops() {}

  /**
   * Sums of the old state times a token's key and query.
   *
   * @param panel [keys, values] floats, its rows {@code step} bytes apart; the registers begin at
   *     byte {@code at}
   * @param units queries and keys of length one: this token's query at {@code q}, its key at {@code
   *     q + keys}
   * @param sums written: [key, query][two registers]
   */
  static void sums(
      MemorySegment panel, long at, long step, int keys, float[] units, int q, float[] sums) {
    FloatVector a0 = FloatVector.zero(F);
    FloatVector a1 = FloatVector.zero(F);
    FloatVector b0 = FloatVector.zero(F);
    FloatVector b1 = FloatVector.zero(F);
    for (int i = q; i < q + keys; i++, at += step) {
      FloatVector m0 = FloatVector.fromMemorySegment(F, panel, at, ORDER);
      FloatVector m1 = FloatVector.fromMemorySegment(F, panel, at + COUNT * 4L, ORDER);
      FloatVector key = FloatVector.broadcast(F, units[i + keys]);
      a0 = m0.fma(key, a0);
      a1 = m1.fma(key, a1);
      FloatVector query = FloatVector.broadcast(F, units[i]);
      b0 = m0.fma(query, b0);
      b1 = m1.fma(query, b1);
    }
    a0.intoArray(sums, 0);
    a1.intoArray(sums, COUNT);
    b0.intoArray(sums, 2 * COUNT);
    b1.intoArray(sums, 3 * COUNT);
  }

  /**
   * What one token changes, and its output: {@code change = beta (v - kept sum k)}, {@code y = kept
   * sum q + change (k q)}.
   *
   * @param sums as {@link #sums} wrote them; the changes take the place of the keys' sums
   */
  static void change(
      float[] sums, float kept, float beta, float product, float[] mixed, int v, float[] y, int o) {
    for (int r = 0; r < 2 * COUNT; r += COUNT) {
      FloatVector predicted = FloatVector.fromArray(F, sums, r).mul(kept);
      FloatVector change = FloatVector.fromArray(F, mixed, v + r).sub(predicted).mul(beta);
      FloatVector old = FloatVector.fromArray(F, sums, 2 * COUNT + r).mul(kept);
      change.fma(FloatVector.broadcast(F, product), old).intoArray(y, o + r);
      change.intoArray(sums, r);
    }
  }

  /** Changes the state by one token: {@code m = kept m + change k}. */
  static void apply(
      MemorySegment panel,
      long at,
      long step,
      int keys,
      float[] units,
      int q,
      float kept,
      float[] sums) {
    FloatVector c0 = FloatVector.fromArray(F, sums, 0);
    FloatVector c1 = FloatVector.fromArray(F, sums, COUNT);
    for (int i = q + keys; i < q + 2 * keys; i++, at += step) {
      FloatVector m0 = FloatVector.fromMemorySegment(F, panel, at, ORDER).mul(kept);
      FloatVector m1 = FloatVector.fromMemorySegment(F, panel, at + COUNT * 4L, ORDER).mul(kept);
      FloatVector key = FloatVector.broadcast(F, units[i]);
      c0.fma(key, m0).intoMemorySegment(panel, at, ORDER);
      c1.fma(key, m1).intoMemorySegment(panel, at + COUNT * 4L, ORDER);
    }
  }

  /** {@link #apply} for the token at {@code q} and {@link #sums} for the next, in one pass. */
  static void applyAndSum(
      MemorySegment panel,
      long at,
      long step,
      int keys,
      float[] units,
      int q,
      float kept,
      float[] sums) {
    FloatVector c0 = FloatVector.fromArray(F, sums, 0);
    FloatVector c1 = FloatVector.fromArray(F, sums, COUNT);
    FloatVector a0 = FloatVector.zero(F);
    FloatVector a1 = FloatVector.zero(F);
    FloatVector b0 = FloatVector.zero(F);
    FloatVector b1 = FloatVector.zero(F);
    for (int i = q + keys; i < q + 2 * keys; i++, at += step) {
      FloatVector m0 = FloatVector.fromMemorySegment(F, panel, at, ORDER).mul(kept);
      FloatVector m1 = FloatVector.fromMemorySegment(F, panel, at + COUNT * 4L, ORDER).mul(kept);
      FloatVector key = FloatVector.broadcast(F, units[i]);
      m0 = c0.fma(key, m0);
      m1 = c1.fma(key, m1);
      m0.intoMemorySegment(panel, at, ORDER);
      m1.intoMemorySegment(panel, at + COUNT * 4L, ORDER);
      FloatVector nextQuery = FloatVector.broadcast(F, units[i + keys]);
      b0 = m0.fma(nextQuery, b0);
      b1 = m1.fma(nextQuery, b1);
      FloatVector nextKey = FloatVector.broadcast(F, units[i + 2 * keys]);
      a0 = m0.fma(nextKey, a0);
      a1 = m1.fma(nextKey, a1);
    }
    a0.intoArray(sums, 0);
    a1.intoArray(sums, COUNT);
    b0.intoArray(sums, 2 * COUNT);
    b1.intoArray(sums, 3 * COUNT);
  }

  /** All of one token for one value: what two registers leave over, in tiny models alone. */
  static float one(
      MemorySegment panel,
      long at,
      long step,
      int keys,
      float[] units,
      int q,
      float kept,
      float beta,
      float product,
      float value) {
    float a = 0;
    float b = 0;
    for (int i = 0; i < keys; i++) {
      float m = panel.get(ValueLayout.JAVA_FLOAT, at + i * step);
      a = Math.fma(m, units[q + keys + i], a);
      b = Math.fma(m, units[q + i], b);
    }
    float change = (value - a * kept) * beta;
    for (int i = 0; i < keys; i++) {
      float m = panel.get(ValueLayout.JAVA_FLOAT, at + i * step) * kept;
      panel.set(ValueLayout.JAVA_FLOAT, at + i * step, Math.fma(change, units[q + keys + i], m));
    }
    return Math.fma(change, product, b * kept);
  }
}
