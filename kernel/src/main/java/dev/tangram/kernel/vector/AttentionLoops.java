package dev.tangram.kernel.vector;

import static dev.tangram.kernel.vector.Lanes.COUNT;
import static dev.tangram.kernel.vector.Lanes.F;
import static dev.tangram.kernel.vector.Lanes.ORDER;

import dev.tangram.kernel.KvMemory;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

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
    int whole = FirstSteps.plain(count) ? 0 : count / COUNT * COUNT;
    for (; i < whole; i += COUNT) {
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
