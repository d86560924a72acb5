package dev.tangram.kernel.machine.x86;

import static dev.tangram.kernel.machine.x86.Assembler.R11;
import static dev.tangram.kernel.machine.x86.Assembler.RCX;
import static dev.tangram.kernel.machine.x86.Assembler.RSI;

import dev.tangram.kernel.machine.Cells;
import dev.tangram.kernel.machine.Isa;
import dev.tangram.kernel.machine.Pairs;
import dev.tangram.kernel.machine.x86.Assembler.Mem;
import dev.tangram.kernel.vector.Layout;
import dev.tangram.kernel.vector.PanelProducts;

/**
 * Products with activations of 16 bits, two columns an instruction. A step is a cell's 32 columns:
 * one group, or two of 16 columns.
 *
 * <p>Numerics: a group's products are summed as integers from the cell's seed, which takes the zero
 * out; 32 columns of 255 * 32767 stay below 2^31, so no order of sums gives another result. Then,
 * for each row,
 *
 * <pre>
 *   one group:   y = fma(float(sum) * step, scale, y);   y = fma(minimum, cell's sum, y) with minima
 *   two groups:  y = fma(fma(float(sum1), scale1, float(sum0) * scale0), step, y)
 * </pre>
 */
final class IntegerCode extends PanelCode {
  private static final int CELL = PanelProducts.CELL_WORDS * Integer.BYTES;

  // Where a cell has what is not a pair.
  private static final int STEP = Cells.STEP * Integer.BYTES;
  private static final int SUM = Cells.SUM * Integer.BYTES;
  private static final int SEEDS = Cells.SEEDS * Integer.BYTES;

  private final Pairs pairs;

  /** Groups of a step. */
  private final int groups;

  /** Tokens that a pass serves, and the row registers. */
  private final int tile;

  private final int rows;

  /**
   * Sums that each row, token and group is spread over, so that one does not wait for the other.
   */
  private final int chains;

  // Vector registers. Sums come first.
  private final int free;
  private final int words;
  private final int values;
  private final int broadcast;
  private final int product;
  private final int tail;
  private final int mask;

  private IntegerCode(Isa isa, Pairs pairs, Layout layout, int tokens) {
    super(isa, layout, tokens);
    this.pairs = pairs;
    groups = PanelProducts.CELL_COLUMNS / layout.group();
    mask = isa.registers() - 1;
    int t = tokens;
    while (registers(t, 1) > mask) {
      t /= 2;
    }
    tile = t;
    int r = WORD / isa.bytes();
    while (r > 1 && registers(t, r) > mask) {
      r /= 2;
    }
    rows = r;
    chains = tokens * groups == 1 && registers(2, rows) <= mask ? 2 : 1;
    free = rows * tile * groups * chains;
    words = free;
    values = words + rows;
    broadcast = values + rows;
    product = broadcast + 1;
    tail = product + 1;
  }

  /** Sums; and words, values and tails, a broadcast and a product, or what a flush needs. */
  private int registers(int t, int r) {
    int each = layout.spare() > 0 ? 3 : 2;
    return r * t * groups + Math.max(each * r + 2, 4);
  }

  static byte[] write(Isa isa, Pairs pairs, Layout layout, int tokens) {
    return new IntegerCode(isa, pairs, layout, tokens).function();
  }

  @Override
  int groups() {
    return groups;
  }

  @Override
  void masks() {
    mask(mask, ((1 << layout.bits()) - 1) * 0x10001);
  }

  @Override
  void step() {
    int all = WORD / isa.bytes();
    for (int first = 0; first < all; first += rows) {
      for (int t = 0; t < tokens; t += tile) {
        seeds(t);
        for (int g = 0; g < groups; g++) {
          sums(first, t, g);
        }
        for (int r = 0; r < rows; r++) {
          flush(first, r, t);
        }
      }
    }
  }

  private int sum(int group, int r, int t, int chain) {
    return ((group * chains + chain) * rows + r) * tile + t;
  }

  private void seeds(int from) {
    for (int g = 0; g < groups; g++) {
      for (int r = 0; r < rows; r++) {
        for (int t = 0; t < tile; t++) {
          if (layout.zero() == 0) {
            a.vzero(sum(g, r, t, 0));
          } else {
            a.vbroadcast(sum(g, r, t, 0), cell(from + t, SEEDS + g * Integer.BYTES));
          }
          if (chains == 2) {
            a.vzero(sum(g, r, t, 1));
          }
        }
      }
    }
  }

  private static Mem cell(int t, int at) {
    return new Mem(RSI, t * CELL + at);
  }

  /** The sums of one group for {@link #rows} row registers and {@link #tile} tokens. */
  private void sums(int first, int from, int group) {
    int column = 0;
    for (int w = 0; w < layout.groupWords(); w++) {
      for (int r = 0; r < rows; r++) {
        int at = (group * layout.groupWords() + w) * WORD + (first + r) * isa.bytes();
        a.vload(words + r, new Mem(R11, at));
        if (from == 0 && at % LINE == 0) {
          a.prefetchT1(new Mem(R11, AHEAD + at));
        }
        if (layout.spare() > 0) {
          tail(tail + r, values + r, words + r, w);
        }
      }
      int last = Math.min(column + layout.perLane(), layout.beforeTail());
      columns(words, from, group, column, last);
      column = last;
    }
    if (column < layout.group()) {
      columns(tail, from, group, column, layout.group());
    }
  }

  /** The columns of one word. */
  private void columns(int word, int from, int group, int first, int last) {
    for (int column = first; column < last; column += 2) {
      for (int r = 0; r < rows; r++) {
        value(values + r, word + r, (column - first) / 2);
      }
      products(from, group, column / 2);
    }
  }

  /** A pair of quants, each in 16 bits. */
  private void value(int to, int word, int pair) {
    int bits = layout.bits();
    if (pair == 0) {
      a.vand(to, word, mask);
    } else if (pair == layout.perLane() / 2 - 1 && layout.spare() == 0) {
      // Above it there is nothing.
      a.vshiftRight16(to, word, pair * bits);
    } else {
      a.vshiftRight(to, word, pair * bits);
      a.vand(to, to, mask);
    }
  }

  private void products(int from, int group, int pair) {
    int at = (group * layout.group() / 2 + pair) * Integer.BYTES;
    for (int t = 0; t < tile; t++) {
      Mem x = cell(from + t, at);
      boolean fromMemory = isa == Isa.AVX512 && pairs == Pairs.DOT;
      if (!fromMemory) {
        a.vbroadcast(broadcast, x);
      }
      for (int r = 0; r < rows; r++) {
        int sum = sum(group, r, t, pair % chains);
        if (fromMemory) {
          a.vaddPairsBroadcast(sum, values + r, x);
        } else if (pairs == Pairs.DOT) {
          a.vaddPairs(sum, values + r, broadcast);
        } else {
          a.vmultiplyPairs(product, values + r, broadcast);
          a.vaddIntegers(sum, sum, product);
        }
      }
    }
  }

  /** Adds the sums of one row register, scaled, to y. */
  private void flush(int first, int r, int from) {
    int at = (first + r) * isa.bytes();
    int scale = free;
    int second = free + 1;
    int scratch = free + 2;
    int factor = free + 3;
    scale(scale, scratch, 0, at);
    if (groups == 2) {
      scale(second, scratch, 1, at);
    } else if (minima()) {
      minimum(second, scale, scratch, at);
    }
    for (int t = 0; t < tile; t++) {
      int sum = sum(0, r, t, 0);
      if (chains == 2) {
        a.vaddIntegers(sum, sum, sum(0, r, t, 1));
      }
      a.vfloats(sum, sum);
      Mem total = new Mem(RCX, (from + t) * WORD + at);
      if (groups == 2) {
        int other = sum(1, r, t, 0);
        a.vfloats(other, other);
        a.vmultiply(sum, sum, scale);
        a.vfma(sum, other, second);
        a.vload(scratch, total);
        fma(scratch, sum, cell(from + t, STEP), factor);
        a.vstore(total, scratch);
      } else {
        if (isa == Isa.AVX512) {
          a.vmultiplyBroadcast(sum, sum, cell(from + t, STEP));
        } else {
          a.vbroadcast(factor, cell(from + t, STEP));
          a.vmultiply(sum, sum, factor);
        }
        a.vmultiplyAdd(sum, scale, total);
        if (minima()) {
          fma(sum, second, cell(from + t, SUM), factor);
        }
        a.vstore(total, sum);
      }
    }
  }

  private void fma(int sum, int by, Mem all, int scratch) {
    if (isa == Isa.AVX512) {
      a.vfmaBroadcast(sum, by, all);
    } else {
      a.vbroadcast(scratch, all);
      a.vfma(sum, by, scratch);
    }
  }
}
