package dev.tangram.kernel.vector;

import static dev.tangram.kernel.vector.Lanes.COUNT;
import static dev.tangram.kernel.vector.Lanes.F;
import static dev.tangram.kernel.vector.Lanes.I;
import static dev.tangram.kernel.vector.Lanes.ORDER;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The inner loops over one group of columns of a panel. For each row the products of a group are summed first, column
 * by column in one FMA chain; then {@code y += scale * sum} and {@code y += minimum * sum(x)}. Every path does just
 * that, so one token and a batch give the same bits.
 *
 * <p>Two registers of rows are worked on at a time: two chains hide the latency of the FMA and share the broadcast of x.
 */
final class Groups {
  private Groups() {}

  /**
   * One token times the integer quants of {@code columns} columns: y[r0 .. r0 + 2 COUNT) of 32 rows.
   *
   * @param at byte offset of the group's words in the panel
   * @param s index of the group's scales and minima
   */
  static void multiply(
      MemorySegment panel, int at, int bits, int perLane, int columns, int r0, float[] x, int xAt, float sum,
      float[] scale, float[] minimum, int s, float[] y) {
    FloatVector a0 = FloatVector.zero(F);
    FloatVector a1 = FloatVector.zero(F);
    int mask = (1 << bits) - 1;
    long word = at + r0 * 4L;
    int last = xAt + columns;
    while (xAt < last) {
      IntVector v0 = IntVector.fromMemorySegment(I, panel, word, ORDER);
      IntVector v1 = IntVector.fromMemorySegment(I, panel, word + COUNT * 4L, ORDER);
      word += Panels.ROWS * 4L;
      int most = Math.min(xAt + perLane, last);
      for (; xAt < most; xAt++) {
        FloatVector xb = FloatVector.broadcast(F, x[xAt]);
        a0 = ((FloatVector) v0.and(mask).convert(VectorOperators.I2F, 0)).fma(xb, a0);
        a1 = ((FloatVector) v1.and(mask).convert(VectorOperators.I2F, 0)).fma(xb, a1);
        v0 = v0.lanewise(VectorOperators.LSHR, bits);
        v1 = v1.lanewise(VectorOperators.LSHR, bits);
      }
    }
    finish(a0, sum, scale, minimum, s + r0, y, r0);
    finish(a1, sum, scale, minimum, s + r0 + COUNT, y, r0 + COUNT);
  }

  /** {@code y[at] += scale * a + minimum * sum}, one register. */
  private static void finish(
      FloatVector a, float sum, float[] scale, float[] minimum, int s, float[] y, int at) {
    FloatVector old = FloatVector.fromArray(F, y, at);
    FloatVector next = FloatVector.fromArray(F, scale, s).fma(a, old);
    FloatVector.fromArray(F, minimum, s).fma(FloatVector.broadcast(F, sum), next).intoArray(y, at);
  }

  /** Writes the quants of a group as floats to buffer[column][32 rows]. */
  static void unpack(
      MemorySegment panel, int at, Layout layout, int columns, float[] buffer) {
    switch (layout.quant()) {
      case INTEGER -> unpackIntegers(panel, at, layout.bits(), layout.perLane(), columns, buffer);
      case F32 -> unpackFloats(panel, at, columns, buffer);
      case BF16 -> unpackPairs(panel, at, columns, false, buffer);
      case F16 -> unpackPairs(panel, at, columns, true, buffer);
    }
  }

  private static void unpackIntegers(
      MemorySegment panel, int at, int bits, int perLane, int columns, float[] buffer) {
    int mask = (1 << bits) - 1;
    for (int r = 0; r < Panels.ROWS; r += COUNT) {
      long word = at + r * 4L;
      for (int c = 0; c < columns; word += Panels.ROWS * 4L) {
        IntVector v = IntVector.fromMemorySegment(I, panel, word, ORDER);
        int most = Math.min(c + perLane, columns);
        for (; c < most; c++) {
          ((FloatVector) v.and(mask).convert(VectorOperators.I2F, 0)).intoArray(buffer, c * Panels.ROWS + r);
          v = v.lanewise(VectorOperators.LSHR, bits);
        }
      }
    }
  }

  private static void unpackFloats(MemorySegment panel, int at, int columns, float[] buffer) {
    for (int i = 0; i < columns * Panels.ROWS; i += COUNT) {
      FloatVector.fromMemorySegment(F, panel, at + i * 4L, ORDER).intoArray(buffer, i);
    }
  }

  private static void unpackPairs(
      MemorySegment panel, int at, int columns, boolean half, float[] buffer) {
    for (int c = 0; c < columns; c += 2) {
      for (int r = 0; r < Panels.ROWS; r += COUNT) {
        IntVector v =
            IntVector.fromMemorySegment(I, panel, at + (c / 2 * Panels.ROWS + r) * 4L, ORDER);
        FloatVector first =
            half ? Scales.half(v) : v.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
        first.intoArray(buffer, c * Panels.ROWS + r);
        if (c + 1 < columns) {
          FloatVector second =
              half
                  ? Scales.half(v.lanewise(VectorOperators.LSHR, 16))
                  : v.and(0xFFFF0000).reinterpretAsFloats();
          second.intoArray(buffer, (c + 1) * Panels.ROWS + r);
        }
      }
    }
  }

  /**
   * Four tokens times an unpacked group: sums[token][32 rows], two registers of rows from r0 on. Token i's x begins at
   * {@code xAt + i * stride}.
   */
  static void tile4(
      float[] buffer, int columns, int r0, float[] x, int xAt, int stride, float[] sums) {
    FloatVector a0 = FloatVector.zero(F);
    FloatVector a1 = FloatVector.zero(F);
    FloatVector b0 = FloatVector.zero(F);
    FloatVector b1 = FloatVector.zero(F);
    FloatVector c0 = FloatVector.zero(F);
    FloatVector c1 = FloatVector.zero(F);
    FloatVector d0 = FloatVector.zero(F);
    FloatVector d1 = FloatVector.zero(F);
    int q = r0;
    for (int c = xAt; c < xAt + columns; c++, q += Panels.ROWS) {
      FloatVector w0 = FloatVector.fromArray(F, buffer, q);
      FloatVector w1 = FloatVector.fromArray(F, buffer, q + COUNT);
      FloatVector xa = FloatVector.broadcast(F, x[c]);
      a0 = w0.fma(xa, a0);
      a1 = w1.fma(xa, a1);
      FloatVector xb = FloatVector.broadcast(F, x[c + stride]);
      b0 = w0.fma(xb, b0);
      b1 = w1.fma(xb, b1);
      FloatVector xc = FloatVector.broadcast(F, x[c + 2 * stride]);
      c0 = w0.fma(xc, c0);
      c1 = w1.fma(xc, c1);
      FloatVector xd = FloatVector.broadcast(F, x[c + 3 * stride]);
      d0 = w0.fma(xd, d0);
      d1 = w1.fma(xd, d1);
    }
    a0.intoArray(sums, r0);
    a1.intoArray(sums, r0 + COUNT);
    b0.intoArray(sums, Panels.ROWS + r0);
    b1.intoArray(sums, Panels.ROWS + r0 + COUNT);
    c0.intoArray(sums, 2 * Panels.ROWS + r0);
    c1.intoArray(sums, 2 * Panels.ROWS + r0 + COUNT);
    d0.intoArray(sums, 3 * Panels.ROWS + r0);
    d1.intoArray(sums, 3 * Panels.ROWS + r0 + COUNT);
  }

  /** One token times an unpacked group; as {@link #tile4}. */
  static void tile1(float[] buffer, int columns, int r0, float[] x, int xAt, float[] sums) {
    FloatVector a0 = FloatVector.zero(F);
    FloatVector a1 = FloatVector.zero(F);
    int q = r0;
    for (int c = xAt; c < xAt + columns; c++, q += Panels.ROWS) {
      FloatVector xa = FloatVector.broadcast(F, x[c]);
      a0 = FloatVector.fromArray(F, buffer, q).fma(xa, a0);
      a1 = FloatVector.fromArray(F, buffer, q + COUNT).fma(xa, a1);
    }
    a0.intoArray(sums, r0);
    a1.intoArray(sums, r0 + COUNT);
  }

  /** {@code y[at ..] += scale * sums + minimum * sum}, all 32 rows of one token. */
  static void addScaled(
      float[] sums, int from, float sum, float[] scale, float[] minimum, int s, float[] y, int at) {
    FloatVector total = FloatVector.broadcast(F, sum);
    for (int r = 0; r < Panels.ROWS; r += COUNT) {
      FloatVector a = FloatVector.fromArray(F, sums, from + r);
      FloatVector next =
          FloatVector.fromArray(F, scale, s + r).fma(a, FloatVector.fromArray(F, y, at + r));
      FloatVector.fromArray(F, minimum, s + r).fma(total, next).intoArray(y, at + r);
    }
  }

  /** {@code y[at ..] += sums}, all 32 rows of one token. */
  static void add(float[] sums, int from, float[] y, int at) {
    for (int r = 0; r < Panels.ROWS; r += COUNT) {
      FloatVector.fromArray(F, y, at + r).add(FloatVector.fromArray(F, sums, from + r)).intoArray(y, at + r);
    }
  }
}
