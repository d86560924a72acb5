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
 * The inner loops over one group of columns of a panel. For each row the products of a group are
 * summed first, column by column in one FMA chain; then {@code y += scale * sum} and {@code y +=
 * minimum * sum(x)}. Every path does just that, so one token and a batch give the same bits.
 *
 * <p>Quants leave a lane in pairs. The second of a pair is masked where it stands, which makes it
 * {@code 2^16} times too large, and {@link FloatInputs} has made x that much smaller: powers of two
 * change no digit, and shifts are saved.
 *
 * <p>Two registers of rows are worked on at a time and share the broadcast of x. No register
 * crosses a call: where the compiler does not inline it, and that depends on what ran before, the
 * register becomes an object.
 */
final class Groups {
  private Groups() {}

  /**
   * One token times the integer quants of two neighbouring groups, two registers of rows from r0
   * on. Four chains of FMA hide its latency where two would wait for it.
   *
   * @param at byte offset of the first group's words in the panel; the second group's are {@code
   *     step} further
   * @param x inputs as {@link FloatInputs} prepares them, the first group's at {@code xAt}
   * @param products the sums: [group][32 rows]
   */
  static void multiply2(
      MemorySegment panel,
      int at,
      int step,
      int bits,
      int perLane,
      int columns,
      int r0,
      float[] x,
      int xAt,
      float[] products) {
    FloatVector a0 = FloatVector.zero(F);
    FloatVector a1 = FloatVector.zero(F);
    FloatVector b0 = FloatVector.zero(F);
    FloatVector b1 = FloatVector.zero(F);
    int first = (1 << bits) - 1;
    int second = first << 16;
    long word = at + r0 * 4L;
    int end = xAt + columns;
    for (int c = xAt; c < end; word += Panels.ROWS * 4L) {
      IntVector v0 = IntVector.fromMemorySegment(I, panel, word, ORDER);
      IntVector v1 = IntVector.fromMemorySegment(I, panel, word + COUNT * 4L, ORDER);
      IntVector w0 = IntVector.fromMemorySegment(I, panel, word + step, ORDER);
      IntVector w1 = IntVector.fromMemorySegment(I, panel, word + step + COUNT * 4L, ORDER);
      int most = Math.min(c + perLane, end);
      for (; c < most; c += 2) {
        FloatVector x0 = FloatVector.broadcast(F, x[c]);
        a0 = ((FloatVector) v0.and(first).convert(VectorOperators.I2F, 0)).fma(x0, a0);
        a1 = ((FloatVector) v1.and(first).convert(VectorOperators.I2F, 0)).fma(x0, a1);
        FloatVector z0 = FloatVector.broadcast(F, x[c + columns]);
        b0 = ((FloatVector) w0.and(first).convert(VectorOperators.I2F, 0)).fma(z0, b0);
        b1 = ((FloatVector) w1.and(first).convert(VectorOperators.I2F, 0)).fma(z0, b1);
        FloatVector x1 = FloatVector.broadcast(F, x[c + 1]);
        a0 = ((FloatVector) v0.and(second).convert(VectorOperators.I2F, 0)).fma(x1, a0);
        a1 = ((FloatVector) v1.and(second).convert(VectorOperators.I2F, 0)).fma(x1, a1);
        FloatVector z1 = FloatVector.broadcast(F, x[c + columns + 1]);
        b0 = ((FloatVector) w0.and(second).convert(VectorOperators.I2F, 0)).fma(z1, b0);
        b1 = ((FloatVector) w1.and(second).convert(VectorOperators.I2F, 0)).fma(z1, b1);
        v0 = v0.lanewise(VectorOperators.LSHR, bits);
        v1 = v1.lanewise(VectorOperators.LSHR, bits);
        w0 = w0.lanewise(VectorOperators.LSHR, bits);
        w1 = w1.lanewise(VectorOperators.LSHR, bits);
      }
    }
    a0.intoArray(products, r0);
    a1.intoArray(products, r0 + COUNT);
    b0.intoArray(products, r0 + Panels.ROWS);
    b1.intoArray(products, r0 + Panels.ROWS + COUNT);
  }

  /** One group; as {@link #multiply2}. */
  static void multiply1(
      MemorySegment panel,
      int at,
      int bits,
      int perLane,
      int columns,
      int r0,
      float[] x,
      int xAt,
      float[] products) {
    FloatVector a0 = FloatVector.zero(F);
    FloatVector a1 = FloatVector.zero(F);
    int first = (1 << bits) - 1;
    int second = first << 16;
    long word = at + r0 * 4L;
    int end = xAt + columns;
    for (int c = xAt; c < end; word += Panels.ROWS * 4L) {
      IntVector v0 = IntVector.fromMemorySegment(I, panel, word, ORDER);
      IntVector v1 = IntVector.fromMemorySegment(I, panel, word + COUNT * 4L, ORDER);
      int most = Math.min(c + perLane, end);
      for (; c < most; c += 2) {
        FloatVector x0 = FloatVector.broadcast(F, x[c]);
        a0 = ((FloatVector) v0.and(first).convert(VectorOperators.I2F, 0)).fma(x0, a0);
        a1 = ((FloatVector) v1.and(first).convert(VectorOperators.I2F, 0)).fma(x0, a1);
        FloatVector x1 = FloatVector.broadcast(F, x[c + 1]);
        a0 = ((FloatVector) v0.and(second).convert(VectorOperators.I2F, 0)).fma(x1, a0);
        a1 = ((FloatVector) v1.and(second).convert(VectorOperators.I2F, 0)).fma(x1, a1);
        v0 = v0.lanewise(VectorOperators.LSHR, bits);
        v1 = v1.lanewise(VectorOperators.LSHR, bits);
      }
    }
    a0.intoArray(products, r0);
    a1.intoArray(products, r0 + COUNT);
  }

  /**
   * Puts a group's tail together. It goes through memory, as a vector that a method returns becomes
   * an object where the method is not inlined.
   *
   * @param tail a word for each of 32 rows
   */
  static void tail(MemorySegment panel, int at, int words, int bits, int[] tail) {
    int spare = 16 % bits;
    int low = ((1 << spare) - 1) * 0x10001;
    for (int r = 0; r < Panels.ROWS; r += COUNT) {
      IntVector v = IntVector.zero(I);
      long word = at + r * 4L;
      for (int w = 0; w < words; w++, word += Panels.ROWS * 4L) {
        IntVector top =
            IntVector.fromMemorySegment(I, panel, word, ORDER)
                .lanewise(VectorOperators.LSHR, 16 - spare)
                .and(low);
        v = v.lanewise(VectorOperators.LSHL, spare).or(top);
      }
      v.intoArray(tail, r);
    }
  }

  /** Writes quants of a group, those in front of its tail, as floats to buffer[column][32 rows]. */
  static void unpack(MemorySegment panel, int at, Layout layout, int columns, float[] buffer) {
    switch (layout.quant()) {
      case INTEGER -> unpackIntegers(panel, at, layout.bits(), layout.perLane(), columns, buffer);
      case F32 -> unpackFloats(panel, at, columns, buffer);
      case BF16 -> unpackTops(panel, at, columns, buffer);
      case F16 -> unpackHalves(panel, at, columns, buffer);
    }
  }

  private static void unpackIntegers(
      MemorySegment panel, int at, int bits, int perLane, int columns, float[] buffer) {
    int first = (1 << bits) - 1;
    int second = first << 16;
    for (int r = 0; r < Panels.ROWS; r += COUNT) {
      long word = at + r * 4L;
      int q = r;
      for (int c = 0; c < columns; word += Panels.ROWS * 4L) {
        IntVector v = IntVector.fromMemorySegment(I, panel, word, ORDER);
        int most = Math.min(c + perLane, columns);
        for (; c < most; c += 2, q += 2 * Panels.ROWS) {
          ((FloatVector) v.and(first).convert(VectorOperators.I2F, 0)).intoArray(buffer, q);
          ((FloatVector) v.and(second).convert(VectorOperators.I2F, 0))
              .intoArray(buffer, q + Panels.ROWS);
          v = v.lanewise(VectorOperators.LSHR, bits);
        }
      }
    }
  }

  /** Columns [from, columns) of {@link #unpack}. */
  static void unpackTail(int[] tail, int bits, int from, int columns, float[] buffer) {
    int first = (1 << bits) - 1;
    int second = first << 16;
    for (int r = 0; r < Panels.ROWS; r += COUNT) {
      IntVector v = IntVector.fromArray(I, tail, r);
      for (int c = from; c < columns; c += 2) {
        ((FloatVector) v.and(first).convert(VectorOperators.I2F, 0))
            .intoArray(buffer, c * Panels.ROWS + r);
        ((FloatVector) v.and(second).convert(VectorOperators.I2F, 0))
            .intoArray(buffer, (c + 1) * Panels.ROWS + r);
        v = v.lanewise(VectorOperators.LSHR, bits);
      }
    }
  }

  private static void unpackFloats(MemorySegment panel, int at, int columns, float[] buffer) {
    for (int i = 0; i < columns * Panels.ROWS; i += COUNT) {
      FloatVector.fromMemorySegment(F, panel, at + i * 4L, ORDER).intoArray(buffer, i);
    }
  }

  private static void unpackTops(MemorySegment panel, int at, int columns, float[] buffer) {
    for (int c = 0; c < columns; c += 2) {
      for (int r = 0; r < Panels.ROWS; r += COUNT) {
        IntVector v =
            IntVector.fromMemorySegment(I, panel, at + (c / 2 * Panels.ROWS + r) * 4L, ORDER);
        v.lanewise(VectorOperators.LSHL, 16)
            .reinterpretAsFloats()
            .intoArray(buffer, c * Panels.ROWS + r);
        if (c + 1 < columns) {
          v.and(0xFFFF0000).reinterpretAsFloats().intoArray(buffer, (c + 1) * Panels.ROWS + r);
        }
      }
    }
  }

  private static void unpackHalves(MemorySegment panel, int at, int columns, float[] buffer) {
    for (int c = 0; c < columns; c++) {
      for (int r = 0; r < Panels.ROWS; r += COUNT) {
        long word = at + (c / 2 * Panels.ROWS + r) * 4L;
        Scales.halvesInto(panel, word, c % 2 * 16, 1, buffer, c * Panels.ROWS + r);
      }
    }
  }

  /**
   * Four tokens times an unpacked group of columns, two registers of rows from r0 on.
   *
   * @param x inputs as {@link FloatInputs} prepares them: four tokens of a column stand together
   * @param products the sums: [token][32 rows]
   */
  static void tile4(float[] buffer, int columns, int r0, float[] x, int xAt, float[] products) {
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
    a0.intoArray(products, r0);
    a1.intoArray(products, r0 + COUNT);
    b0.intoArray(products, r0 + Panels.ROWS);
    b1.intoArray(products, r0 + Panels.ROWS + COUNT);
    c0.intoArray(products, r0 + 2 * Panels.ROWS);
    c1.intoArray(products, r0 + 2 * Panels.ROWS + COUNT);
    d0.intoArray(products, r0 + 3 * Panels.ROWS);
    d1.intoArray(products, r0 + 3 * Panels.ROWS + COUNT);
  }

  /** Two tokens; as {@link #tile4}. */
  static void tile2(float[] buffer, int columns, int r0, float[] x, int xAt, float[] products) {
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
    a0.intoArray(products, r0);
    a1.intoArray(products, r0 + COUNT);
    b0.intoArray(products, r0 + Panels.ROWS);
    b1.intoArray(products, r0 + Panels.ROWS + COUNT);
  }

  /** One token; as {@link #tile4}. */
  static void tile1(float[] buffer, int columns, int r0, float[] x, int xAt, float[] products) {
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
    a0.intoArray(products, r0);
    a1.intoArray(products, r0 + COUNT);
  }

  /** {@code y[at ..] += scale * products + minimum * sum}, all 32 rows of one token. */
  static void addScaled(
      float[] products,
      int from,
      float sum,
      float[] scale,
      float[] minimum,
      int s,
      float[] y,
      int at) {
    FloatVector total = FloatVector.broadcast(F, sum);
    for (int r = 0; r < Panels.ROWS; r += COUNT) {
      FloatVector a = FloatVector.fromArray(F, products, from + r);
      FloatVector next =
          FloatVector.fromArray(F, scale, s + r).fma(a, FloatVector.fromArray(F, y, at + r));
      FloatVector.fromArray(F, minimum, s + r).fma(total, next).intoArray(y, at + r);
    }
  }
}
