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
 * <p>A quant is not shifted down: it is masked where it stands in its lane, which makes it {@code 2^k} times too large,
 * and {@link Inputs} has made x that much smaller. Powers of two change no digit, and a shift for each weight is saved.
 *
 * <p>Two registers of rows are worked on at a time and share the broadcast of x.
 */
final class Groups {
  private Groups() {}

  /**
   * One token times the integer quants of a group of {@code columns} columns: y[r0 .. r0 + 2 COUNT) of 32 rows.
   *
   * @param at byte offset of the group's words in the panel
   * @param x inputs as {@link Inputs} prepares them, the group's first at {@code xAt}
   * @param s index of the group's scales and minima
   */
  static void multiply(
      MemorySegment panel, int at, int bits, int columns, int r0, float[] x, int xAt, float sum, float[] scale,
      float[] minimum, int s, float[] y) {
    long word = at + r0 * 4L;
    switch (bits) {
      case 4 -> multiply4(panel, word, columns, r0, x, xAt, sum, scale, minimum, s, y);
      case 5 -> multiply5(panel, word, columns, r0, x, xAt, sum, scale, minimum, s, y);
      case 8 -> multiply8(panel, word, columns, r0, x, xAt, sum, scale, minimum, s, y);
      default -> throw new IllegalArgumentException("quants of 4, 5 or 8 bits, found " + bits);
    }
  }

  private static void multiply4(
      MemorySegment panel, long word, int columns, int r0, float[] x, int xAt, float sum, float[] scale,
      float[] minimum, int s, float[] y) {
    FloatVector a0 = FloatVector.zero(F);
    FloatVector a1 = FloatVector.zero(F);
    int c = xAt;
    for (; c < xAt + columns; c += 8, word += Panels.ROWS * 4L) {
      IntVector v0 = IntVector.fromMemorySegment(I, panel, word, ORDER);
      IntVector v1 = IntVector.fromMemorySegment(I, panel, word + COUNT * 4L, ORDER);
      FloatVector x0 = FloatVector.broadcast(F, x[c]);
      a0 = ((FloatVector) v0.and(0xF).convert(VectorOperators.I2F, 0)).fma(x0, a0);
      a1 = ((FloatVector) v1.and(0xF).convert(VectorOperators.I2F, 0)).fma(x0, a1);
      FloatVector x1 = FloatVector.broadcast(F, x[c + 1]);
      a0 = ((FloatVector) v0.and(0xF0).convert(VectorOperators.I2F, 0)).fma(x1, a0);
      a1 = ((FloatVector) v1.and(0xF0).convert(VectorOperators.I2F, 0)).fma(x1, a1);
      FloatVector x2 = FloatVector.broadcast(F, x[c + 2]);
      a0 = ((FloatVector) v0.and(0xF00).convert(VectorOperators.I2F, 0)).fma(x2, a0);
      a1 = ((FloatVector) v1.and(0xF00).convert(VectorOperators.I2F, 0)).fma(x2, a1);
      FloatVector x3 = FloatVector.broadcast(F, x[c + 3]);
      a0 = ((FloatVector) v0.and(0xF000).convert(VectorOperators.I2F, 0)).fma(x3, a0);
      a1 = ((FloatVector) v1.and(0xF000).convert(VectorOperators.I2F, 0)).fma(x3, a1);
      FloatVector x4 = FloatVector.broadcast(F, x[c + 4]);
      a0 = ((FloatVector) v0.and(0xF0000).convert(VectorOperators.I2F, 0)).fma(x4, a0);
      a1 = ((FloatVector) v1.and(0xF0000).convert(VectorOperators.I2F, 0)).fma(x4, a1);
      FloatVector x5 = FloatVector.broadcast(F, x[c + 5]);
      a0 = ((FloatVector) v0.and(0xF00000).convert(VectorOperators.I2F, 0)).fma(x5, a0);
      a1 = ((FloatVector) v1.and(0xF00000).convert(VectorOperators.I2F, 0)).fma(x5, a1);
      FloatVector x6 = FloatVector.broadcast(F, x[c + 6]);
      a0 = ((FloatVector) v0.and(0xF000000).convert(VectorOperators.I2F, 0)).fma(x6, a0);
      a1 = ((FloatVector) v1.and(0xF000000).convert(VectorOperators.I2F, 0)).fma(x6, a1);
      FloatVector x7 = FloatVector.broadcast(F, x[c + 7]);
      a0 = ((FloatVector) v0.lanewise(VectorOperators.LSHR, 28).convert(VectorOperators.I2F, 0)).fma(x7, a0);
      a1 = ((FloatVector) v1.lanewise(VectorOperators.LSHR, 28).convert(VectorOperators.I2F, 0)).fma(x7, a1);
    }
    finish(a0, sum, scale, minimum, s + r0, y, r0);
    finish(a1, sum, scale, minimum, s + r0 + COUNT, y, r0 + COUNT);
  }

  private static void multiply5(
      MemorySegment panel, long word, int columns, int r0, float[] x, int xAt, float sum, float[] scale,
      float[] minimum, int s, float[] y) {
    FloatVector a0 = FloatVector.zero(F);
    FloatVector a1 = FloatVector.zero(F);
    int c = xAt;
    for (; c + 6 <= xAt + columns; c += 6, word += Panels.ROWS * 4L) {
      IntVector v0 = IntVector.fromMemorySegment(I, panel, word, ORDER);
      IntVector v1 = IntVector.fromMemorySegment(I, panel, word + COUNT * 4L, ORDER);
      FloatVector x0 = FloatVector.broadcast(F, x[c]);
      a0 = ((FloatVector) v0.and(0x1F).convert(VectorOperators.I2F, 0)).fma(x0, a0);
      a1 = ((FloatVector) v1.and(0x1F).convert(VectorOperators.I2F, 0)).fma(x0, a1);
      FloatVector x1 = FloatVector.broadcast(F, x[c + 1]);
      a0 = ((FloatVector) v0.and(0x3E0).convert(VectorOperators.I2F, 0)).fma(x1, a0);
      a1 = ((FloatVector) v1.and(0x3E0).convert(VectorOperators.I2F, 0)).fma(x1, a1);
      FloatVector x2 = FloatVector.broadcast(F, x[c + 2]);
      a0 = ((FloatVector) v0.and(0x7C00).convert(VectorOperators.I2F, 0)).fma(x2, a0);
      a1 = ((FloatVector) v1.and(0x7C00).convert(VectorOperators.I2F, 0)).fma(x2, a1);
      FloatVector x3 = FloatVector.broadcast(F, x[c + 3]);
      a0 = ((FloatVector) v0.and(0xF8000).convert(VectorOperators.I2F, 0)).fma(x3, a0);
      a1 = ((FloatVector) v1.and(0xF8000).convert(VectorOperators.I2F, 0)).fma(x3, a1);
      FloatVector x4 = FloatVector.broadcast(F, x[c + 4]);
      a0 = ((FloatVector) v0.and(0x1F00000).convert(VectorOperators.I2F, 0)).fma(x4, a0);
      a1 = ((FloatVector) v1.and(0x1F00000).convert(VectorOperators.I2F, 0)).fma(x4, a1);
      FloatVector x5 = FloatVector.broadcast(F, x[c + 5]);
      a0 = ((FloatVector) v0.and(0x3E000000).convert(VectorOperators.I2F, 0)).fma(x5, a0);
      a1 = ((FloatVector) v1.and(0x3E000000).convert(VectorOperators.I2F, 0)).fma(x5, a1);
    }
    // 32 columns are five lanes of six and one of two.
    IntVector v0 = IntVector.fromMemorySegment(I, panel, word, ORDER);
    IntVector v1 = IntVector.fromMemorySegment(I, panel, word + COUNT * 4L, ORDER);
    FloatVector x0 = FloatVector.broadcast(F, x[c]);
    a0 = ((FloatVector) v0.and(0x1F).convert(VectorOperators.I2F, 0)).fma(x0, a0);
    a1 = ((FloatVector) v1.and(0x1F).convert(VectorOperators.I2F, 0)).fma(x0, a1);
    FloatVector x1 = FloatVector.broadcast(F, x[c + 1]);
    a0 = ((FloatVector) v0.and(0x3E0).convert(VectorOperators.I2F, 0)).fma(x1, a0);
    a1 = ((FloatVector) v1.and(0x3E0).convert(VectorOperators.I2F, 0)).fma(x1, a1);
    finish(a0, sum, scale, minimum, s + r0, y, r0);
    finish(a1, sum, scale, minimum, s + r0 + COUNT, y, r0 + COUNT);
  }

  private static void multiply8(
      MemorySegment panel, long word, int columns, int r0, float[] x, int xAt, float sum, float[] scale,
      float[] minimum, int s, float[] y) {
    FloatVector a0 = FloatVector.zero(F);
    FloatVector a1 = FloatVector.zero(F);
    int c = xAt;
    for (; c < xAt + columns; c += 4, word += Panels.ROWS * 4L) {
      IntVector v0 = IntVector.fromMemorySegment(I, panel, word, ORDER);
      IntVector v1 = IntVector.fromMemorySegment(I, panel, word + COUNT * 4L, ORDER);
      FloatVector x0 = FloatVector.broadcast(F, x[c]);
      a0 = ((FloatVector) v0.and(0xFF).convert(VectorOperators.I2F, 0)).fma(x0, a0);
      a1 = ((FloatVector) v1.and(0xFF).convert(VectorOperators.I2F, 0)).fma(x0, a1);
      FloatVector x1 = FloatVector.broadcast(F, x[c + 1]);
      a0 = ((FloatVector) v0.and(0xFF00).convert(VectorOperators.I2F, 0)).fma(x1, a0);
      a1 = ((FloatVector) v1.and(0xFF00).convert(VectorOperators.I2F, 0)).fma(x1, a1);
      FloatVector x2 = FloatVector.broadcast(F, x[c + 2]);
      a0 = ((FloatVector) v0.and(0xFF0000).convert(VectorOperators.I2F, 0)).fma(x2, a0);
      a1 = ((FloatVector) v1.and(0xFF0000).convert(VectorOperators.I2F, 0)).fma(x2, a1);
      FloatVector x3 = FloatVector.broadcast(F, x[c + 3]);
      a0 = ((FloatVector) v0.lanewise(VectorOperators.LSHR, 24).convert(VectorOperators.I2F, 0)).fma(x3, a0);
      a1 = ((FloatVector) v1.lanewise(VectorOperators.LSHR, 24).convert(VectorOperators.I2F, 0)).fma(x3, a1);
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

  private static void add(FloatVector a, float[] y, int at) {
    FloatVector.fromArray(F, y, at).add(a).intoArray(y, at);
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
    for (int j = 0; j < perLane; j++) {
      int mask = ((1 << bits) - 1) << (j * bits);
      long word = at;
      if ((j + 1) * bits == Integer.SIZE) {
        // The sign bit is among these: they alone are shifted.
        for (int c = j; c < columns; c += perLane, word += Panels.ROWS * 4L) {
          for (int r = 0; r < Panels.ROWS; r += COUNT) {
            IntVector v = IntVector.fromMemorySegment(I, panel, word + r * 4L, ORDER);
            toFloats(v.lanewise(VectorOperators.LSHR, j * bits)).intoArray(buffer, c * Panels.ROWS + r);
          }
        }
      } else {
        for (int c = j; c < columns; c += perLane, word += Panels.ROWS * 4L) {
          for (int r = 0; r < Panels.ROWS; r += COUNT) {
            IntVector v = IntVector.fromMemorySegment(I, panel, word + r * 4L, ORDER);
            toFloats(v.and(mask)).intoArray(buffer, c * Panels.ROWS + r);
          }
        }
      }
    }
  }

  private static FloatVector toFloats(IntVector v) {
    return (FloatVector) v.convert(VectorOperators.I2F, 0);
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
   * Four tokens times an unpacked group of columns, two registers of rows from r0 on.
   *
   * @param x inputs as {@link Inputs} prepares them: four tokens of a column stand together
   * @param sums of x over the group, a token each; null if the format has no scales
   * @param at index in y of the first token's 32 rows
   * */
  static void tile4(
      float[] buffer, int columns, int r0, float[] x, int xAt, float[] sums, int sumsAt, float[] scale,
      float[] minimum, int s, float[] y, int at) {
    FloatVector a0 = FloatVector.zero(F);
    FloatVector a1 = FloatVector.zero(F);
    FloatVector b0 = FloatVector.zero(F);
    FloatVector b1 = FloatVector.zero(F);
    FloatVector c0 = FloatVector.zero(F);
    FloatVector c1 = FloatVector.zero(F);
    FloatVector d0 = FloatVector.zero(F);
    FloatVector d1 = FloatVector.zero(F);
    int q = r0;
    int end = xAt + 4 * columns;
    for (int c = xAt; c < end; c += 4, q += Panels.ROWS) {
      FloatVector w0 = FloatVector.fromArray(F, buffer, q);
      FloatVector w1 = FloatVector.fromArray(F, buffer, q + COUNT);
      FloatVector xa = FloatVector.broadcast(F, x[c]);
      a0 = w0.fma(xa, a0);
      a1 = w1.fma(xa, a1);
      FloatVector xb = FloatVector.broadcast(F, x[c + 1]);
      b0 = w0.fma(xb, b0);
      b1 = w1.fma(xb, b1);
      FloatVector xc = FloatVector.broadcast(F, x[c + 2]);
      c0 = w0.fma(xc, c0);
      c1 = w1.fma(xc, c1);
      FloatVector xd = FloatVector.broadcast(F, x[c + 3]);
      d0 = w0.fma(xd, d0);
      d1 = w1.fma(xd, d1);
    }
    at += r0;
    if (sums == null) {
      add(a0, y, at);
      add(a1, y, at + COUNT);
      add(b0, y, at + Panels.ROWS);
      add(b1, y, at + Panels.ROWS + COUNT);
      add(c0, y, at + 2 * Panels.ROWS);
      add(c1, y, at + 2 * Panels.ROWS + COUNT);
      add(d0, y, at + 3 * Panels.ROWS);
      add(d1, y, at + 3 * Panels.ROWS + COUNT);
      return;
    }
    s += r0;
    finish(a0, sums[sumsAt], scale, minimum, s, y, at);
    finish(a1, sums[sumsAt], scale, minimum, s + COUNT, y, at + COUNT);
    finish(b0, sums[sumsAt + 1], scale, minimum, s, y, at + Panels.ROWS);
    finish(b1, sums[sumsAt + 1], scale, minimum, s + COUNT, y, at + Panels.ROWS + COUNT);
    finish(c0, sums[sumsAt + 2], scale, minimum, s, y, at + 2 * Panels.ROWS);
    finish(c1, sums[sumsAt + 2], scale, minimum, s + COUNT, y, at + 2 * Panels.ROWS + COUNT);
    finish(d0, sums[sumsAt + 3], scale, minimum, s, y, at + 3 * Panels.ROWS);
    finish(d1, sums[sumsAt + 3], scale, minimum, s + COUNT, y, at + 3 * Panels.ROWS + COUNT);
  }

  /** Two tokens; as {@link #tile4}. */
  static void tile2(
      float[] buffer, int columns, int r0, float[] x, int xAt, float[] sums, int sumsAt, float[] scale,
      float[] minimum, int s, float[] y, int at) {
    FloatVector a0 = FloatVector.zero(F);
    FloatVector a1 = FloatVector.zero(F);
    FloatVector b0 = FloatVector.zero(F);
    FloatVector b1 = FloatVector.zero(F);
    int q = r0;
    int end = xAt + 2 * columns;
    for (int c = xAt; c < end; c += 2, q += Panels.ROWS) {
      FloatVector w0 = FloatVector.fromArray(F, buffer, q);
      FloatVector w1 = FloatVector.fromArray(F, buffer, q + COUNT);
      FloatVector xa = FloatVector.broadcast(F, x[c]);
      a0 = w0.fma(xa, a0);
      a1 = w1.fma(xa, a1);
      FloatVector xb = FloatVector.broadcast(F, x[c + 1]);
      b0 = w0.fma(xb, b0);
      b1 = w1.fma(xb, b1);
    }
    at += r0;
    if (sums == null) {
      add(a0, y, at);
      add(a1, y, at + COUNT);
      add(b0, y, at + Panels.ROWS);
      add(b1, y, at + Panels.ROWS + COUNT);
      return;
    }
    s += r0;
    finish(a0, sums[sumsAt], scale, minimum, s, y, at);
    finish(a1, sums[sumsAt], scale, minimum, s + COUNT, y, at + COUNT);
    finish(b0, sums[sumsAt + 1], scale, minimum, s, y, at + Panels.ROWS);
    finish(b1, sums[sumsAt + 1], scale, minimum, s + COUNT, y, at + Panels.ROWS + COUNT);
  }

  /** One token; as {@link #tile4}. */
  static void tile1(
      float[] buffer, int columns, int r0, float[] x, int xAt, float[] sums, int sumsAt, float[] scale,
      float[] minimum, int s, float[] y, int at) {
    FloatVector a0 = FloatVector.zero(F);
    FloatVector a1 = FloatVector.zero(F);
    int q = r0;
    int end = xAt + columns;
    for (int c = xAt; c < end; c += 1, q += Panels.ROWS) {
      FloatVector w0 = FloatVector.fromArray(F, buffer, q);
      FloatVector w1 = FloatVector.fromArray(F, buffer, q + COUNT);
      FloatVector xa = FloatVector.broadcast(F, x[c]);
      a0 = w0.fma(xa, a0);
      a1 = w1.fma(xa, a1);
    }
    at += r0;
    if (sums == null) {
      add(a0, y, at);
      add(a1, y, at + COUNT);
      return;
    }
    s += r0;
    finish(a0, sums[sumsAt], scale, minimum, s, y, at);
    finish(a1, sums[sumsAt], scale, minimum, s + COUNT, y, at + COUNT);
  }
}
