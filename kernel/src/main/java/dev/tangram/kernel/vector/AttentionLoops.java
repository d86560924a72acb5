package dev.tangram.kernel.vector;

import static dev.tangram.kernel.vector.Lanes.COUNT;
import static dev.tangram.kernel.vector.Lanes.F;
import static dev.tangram.kernel.vector.Lanes.ORDER;

import dev.tangram.kernel.KvMemory;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The inner loops of {@link AttentionTile}: several queries meet one block of keys or values, so
 * that a load serves all of them and no sum waits for another. A block's keys are transposed, [S,
 * B]: a register of scores needs no sum across lanes.
 *
 * <p>Numerics: a score is one chain over the head, an output one chain over positions.
 */
final class AttentionLoops {
  private static final int BLOCK = KvMemory.BLOCK_LENGTH;

  private AttentionLoops() {}

  /**
   * Scores of four queries and one register of positions.
   *
   * @param q rows of {@code size} from {@code at} on
   * @param to of the first query; those of the next are {@code stride} further
   */
  static void scores4(
      MemorySegment memory,
      long keys,
      int size,
      float[] q,
      int at,
      float scale,
      float[] scores,
      int to,
      int stride) {
    FloatVector a = FloatVector.zero(F);
    FloatVector b = FloatVector.zero(F);
    FloatVector c = FloatVector.zero(F);
    FloatVector d = FloatVector.zero(F);
    for (int s = 0; s < size; s++, keys += BLOCK * 4L) {
      FloatVector k = FloatVector.fromMemorySegment(F, memory, keys, ORDER);
      a = k.fma(FloatVector.broadcast(F, q[at + s]), a);
      b = k.fma(FloatVector.broadcast(F, q[at + size + s]), b);
      c = k.fma(FloatVector.broadcast(F, q[at + 2 * size + s]), c);
      d = k.fma(FloatVector.broadcast(F, q[at + 3 * size + s]), d);
    }
    a.mul(scale).intoArray(scores, to);
    b.mul(scale).intoArray(scores, to + stride);
    c.mul(scale).intoArray(scores, to + 2 * stride);
    d.mul(scale).intoArray(scores, to + 3 * stride);
  }

  /** As {@link #scores4}, eight queries: enough chains to keep the multipliers busy. */
  static void scores8(
      MemorySegment memory,
      long keys,
      int size,
      float[] q,
      int at,
      float scale,
      float[] scores,
      int to,
      int stride) {
    FloatVector a = FloatVector.zero(F);
    FloatVector b = FloatVector.zero(F);
    FloatVector c = FloatVector.zero(F);
    FloatVector d = FloatVector.zero(F);
    FloatVector e = FloatVector.zero(F);
    FloatVector f = FloatVector.zero(F);
    FloatVector g = FloatVector.zero(F);
    FloatVector h = FloatVector.zero(F);
    int more = at + 4 * size;
    for (int s = 0; s < size; s++, keys += BLOCK * 4L) {
      FloatVector k = FloatVector.fromMemorySegment(F, memory, keys, ORDER);
      a = k.fma(FloatVector.broadcast(F, q[at + s]), a);
      b = k.fma(FloatVector.broadcast(F, q[at + size + s]), b);
      c = k.fma(FloatVector.broadcast(F, q[at + 2 * size + s]), c);
      d = k.fma(FloatVector.broadcast(F, q[at + 3 * size + s]), d);
      e = k.fma(FloatVector.broadcast(F, q[more + s]), e);
      f = k.fma(FloatVector.broadcast(F, q[more + size + s]), f);
      g = k.fma(FloatVector.broadcast(F, q[more + 2 * size + s]), g);
      h = k.fma(FloatVector.broadcast(F, q[more + 3 * size + s]), h);
    }
    a.mul(scale).intoArray(scores, to);
    b.mul(scale).intoArray(scores, to + stride);
    c.mul(scale).intoArray(scores, to + 2 * stride);
    d.mul(scale).intoArray(scores, to + 3 * stride);
    to += 4 * stride;
    e.mul(scale).intoArray(scores, to);
    f.mul(scale).intoArray(scores, to + stride);
    g.mul(scale).intoArray(scores, to + 2 * stride);
    h.mul(scale).intoArray(scores, to + 3 * stride);
  }

  /**
   * The largest of scores [from, to).
   *
   * @param lanes room for a register
   */
  static float largest(float[] scores, int from, int to, float[] lanes) {
    int whole = from + (to - from) / COUNT * COUNT;
    FloatVector most = FloatVector.broadcast(F, Float.NEGATIVE_INFINITY);
    for (int i = from; i < whole; i += COUNT) {
      most = most.max(FloatVector.fromArray(F, scores, i));
    }
    float top = Float.NEGATIVE_INFINITY;
    most.intoArray(lanes, 0);
    for (int lane = 0; lane < COUNT; lane++) {
      top = Math.max(top, lanes[lane]);
    }
    for (int i = whole; i < to; i++) {
      top = Math.max(top, scores[i]);
    }
    return top;
  }

  /**
   * Turns the scores of positions [from, to) of a run into shares, {@code exp(score - top)}, and
   * returns their sum. The rest of the blocks they lie in becomes 0: its scores may be anything,
   * NaN too, where nobody has written yet.
   *
   * @param at where the run's scores begin; a multiple of the block's length
   * @param lanes room for a register
   */
  static float shares(float[] scores, int at, int from, int to, float top, float[] lanes) {
    int begin = from / BLOCK * BLOCK;
    int end = Math.ceilDiv(to, BLOCK) * BLOCK;
    Arrays.fill(scores, at + begin, at + from, Float.NEGATIVE_INFINITY);
    Arrays.fill(scores, at + to, at + end, Float.NEGATIVE_INFINITY);
    FloatVector sum = FloatVector.zero(F);
    for (int i = at + begin; i < at + end; i += COUNT) {
      FloatVector share = Elementwise.exp(FloatVector.fromArray(F, scores, i).sub(top));
      share.intoArray(scores, i);
      sum = sum.add(share);
    }
    float total = 0;
    sum.intoArray(lanes, 0);
    for (int lane = 0; lane < COUNT; lane++) {
      total += lanes[lane];
    }
    return total;
  }

  /**
   * {@code x[i] = exp(x[i] - top)}: {@link Elementwise#exp} written out, bit for bit. A register
   * that goes to and comes from a method becomes an object where that was compiled before and is
   * too large to be inlined, and here that is all of the time.
   */
  private static void exponentials(float[] x, int from, int to, float top) {
    for (int i = from; i < to; i += COUNT) {
      FloatVector v = FloatVector.fromArray(F, x, i).sub(top);
      FloatVector clamped = v.max(-87.3f).min(88.7f);
      FloatVector shifted =
          clamped.fma(
              FloatVector.broadcast(F, Elementwise.LOG2E),
              FloatVector.broadcast(F, Elementwise.ROUND));
      FloatVector n = shifted.sub(Elementwise.ROUND);
      FloatVector r = n.fma(FloatVector.broadcast(F, -Elementwise.LN2_HIGH), clamped);
      r = n.fma(FloatVector.broadcast(F, -Elementwise.LN2_LOW), r);
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

  /**
   * Adds to four outputs the values of a whole block by their shares, two registers of each.
   *
   * @param step bytes from one position's values to the next's
   * @param shares of the first query; those of the next are {@code stride} further
   * @param to in the first output; the next is {@code length} further
   */
  static void values4(
      MemorySegment memory,
      long values,
      long step,
      float[] shares,
      int at,
      int stride,
      float[] out,
      int to,
      int length) {
    FloatVector a = FloatVector.fromArray(F, out, to);
    FloatVector b = FloatVector.fromArray(F, out, to + length);
    FloatVector c = FloatVector.fromArray(F, out, to + 2 * length);
    FloatVector d = FloatVector.fromArray(F, out, to + 3 * length);
    FloatVector e = FloatVector.fromArray(F, out, to + COUNT);
    FloatVector f = FloatVector.fromArray(F, out, to + length + COUNT);
    FloatVector g = FloatVector.fromArray(F, out, to + 2 * length + COUNT);
    FloatVector h = FloatVector.fromArray(F, out, to + 3 * length + COUNT);
    for (int j = at; j < at + BLOCK; j++, values += step) {
      FloatVector v = FloatVector.fromMemorySegment(F, memory, values, ORDER);
      FloatVector w = FloatVector.fromMemorySegment(F, memory, values + COUNT * 4L, ORDER);
      FloatVector share = FloatVector.broadcast(F, shares[j]);
      a = v.fma(share, a);
      e = w.fma(share, e);
      share = FloatVector.broadcast(F, shares[j + stride]);
      b = v.fma(share, b);
      f = w.fma(share, f);
      share = FloatVector.broadcast(F, shares[j + 2 * stride]);
      c = v.fma(share, c);
      g = w.fma(share, g);
      share = FloatVector.broadcast(F, shares[j + 3 * stride]);
      d = v.fma(share, d);
      h = w.fma(share, h);
    }
    a.intoArray(out, to);
    b.intoArray(out, to + length);
    c.intoArray(out, to + 2 * length);
    d.intoArray(out, to + 3 * length);
    e.intoArray(out, to + COUNT);
    f.intoArray(out, to + length + COUNT);
    g.intoArray(out, to + 2 * length + COUNT);
    h.intoArray(out, to + 3 * length + COUNT);
  }

  /** As {@link #values4}, one output and one register. */
  static void values1(
      MemorySegment memory, long values, long step, float[] shares, int at, float[] out, int to) {
    FloatVector a = FloatVector.fromArray(F, out, to);
    for (int j = at; j < at + BLOCK; j++, values += step) {
      a =
          FloatVector.fromMemorySegment(F, memory, values, ORDER)
              .fma(FloatVector.broadcast(F, shares[j]), a);
    }
    a.intoArray(out, to);
  }

  /** As {@link #values1}, one element: of heads that are no whole registers. */
  static void valuesElement(
      MemorySegment memory, long values, long step, float[] shares, int at, float[] out, int to) {
    float a = out[to];
    for (int j = at; j < at + BLOCK; j++, values += step) {
      a = Math.fma(memory.get(Unpacked.FLOAT, values), shares[j], a);
    }
    out[to] = a;
  }

  /** {@code out[i] = out[i] * keep + more[i] * take}, which is how two runs become one. */
  static void blend(
      float[] out, int at, float keep, float[] more, int from, float take, int count) {
    int i = 0;
    for (; i + COUNT <= count; i += COUNT) {
      FloatVector.fromArray(F, out, at + i)
          .mul(keep)
          .add(FloatVector.fromArray(F, more, from + i).mul(take))
          .intoArray(out, at + i);
    }
    for (; i < count; i++) {
      out[at + i] = out[at + i] * keep + more[from + i] * take;
    }
  }
}
