package dev.tangram.kernel.machine.x86;

import static dev.tangram.kernel.machine.x86.Assembler.R11;
import static dev.tangram.kernel.machine.x86.Assembler.RCX;
import static dev.tangram.kernel.machine.x86.Assembler.RDX;
import static dev.tangram.kernel.machine.x86.Assembler.RSI;

import dev.tangram.kernel.machine.Isa;
import dev.tangram.kernel.machine.x86.Assembler.Mem;
import dev.tangram.kernel.vector.Layout;

/**
 * Products with float activations. A step is a group.
 *
 * <p>Numerics: as the vector tier, bit for bit. For each row and group one chain of FMA in column
 * order from zero, then {@code y += scale * chain} and {@code y += minimum * sum}.
 */
final class ProductCode extends PanelCode {
  /** Row registers that a pass over a group holds sums of, and how many passes make 32 rows. */
  private final int rows;

  private final int passes;

  // Vector registers.
  private final int mask0;
  private final int mask1;
  private final int words;
  private final int values;
  private final int spare;
  private final int tail;

  private ProductCode(Isa isa, Layout layout, int tokens) {
    super(isa, layout, tokens);
    int all = WORD / isa.bytes();
    // For each row register sums, a word, a value and a tail; then two masks and a broadcast.
    int r = all;
    int each = tokens + (layout.spare() > 0 ? 3 : 2);
    while (r > 1 && r * each + 1 > isa.registers() - 2) {
      r /= 2;
    }
    rows = r;
    passes = all / r;
    mask0 = isa.registers() - 1;
    mask1 = isa.registers() - 2;
    words = rows * tokens;
    values = words + rows;
    spare = values + rows;
    tail = spare + 1;
  }

  static byte[] write(Isa isa, Layout layout, int tokens) {
    return new ProductCode(isa, layout, tokens).function();
  }

  @Override
  int groups() {
    return 1;
  }

  @Override
  void step() {
    for (int pass = 0; pass < passes; pass++) {
      sums(pass * rows);
      for (int r = 0; r < rows; r++) {
        flush(pass * rows, r);
      }
    }
  }

  /** What is masked out of a lane: a pair of quants, or the second of two bfloats. */
  @Override
  void masks() {
    int bits = layout.bits();
    switch (layout.quant()) {
      case INTEGER -> {
        mask(mask0, (1 << bits) - 1);
        mask(mask1, (1 << bits) - 1 << 16);
      }
      case F16 -> {
        mask(mask0, 0x8FFFE000);
        mask(mask1, Float.floatToRawIntBits(0x1p112f));
      }
      case BF16 -> mask(mask1, 0xFFFF0000);
      case F32 -> {}
    }
  }

  /** The chains of one group for {@link #rows} row registers from {@code first} on. */
  private void sums(int first) {
    for (int i = 0; i < rows * tokens; i++) {
      a.vzero(i);
    }
    int column = 0;
    for (int w = 0; w < layout.groupWords(); w++) {
      for (int r = 0; r < rows; r++) {
        int at = w * WORD + (first + r) * isa.bytes();
        a.vload(words + r, new Mem(R11, at));
        if (at % LINE == 0) {
          a.prefetchT1(new Mem(R11, AHEAD + at));
        }
        if (layout.spare() > 0) {
          tail(tail + r, values + r, words + r, w);
        }
      }
      int last = Math.min(column + layout.perLane(), layout.beforeTail());
      column = columns(words, column, last);
    }
    if (column < layout.group()) {
      columns(tail, column, layout.group());
    }
  }

  /** The columns of one word. */
  private int columns(int word, int first, int last) {
    int column = first;
    for (int j = 0; column < last; j++, column++) {
      for (int r = 0; r < rows; r++) {
        value(values + r, word + r, j, column + 1 < last);
      }
      products(column);
    }
    return column;
  }

  /** Value j of a lane as a float; a lane that is a float stays where it is. */
  private void value(int to, int word, int j, boolean more) {
    switch (layout.quant()) {
      case INTEGER -> {
        a.vand(to, word, j % 2 == 0 ? mask0 : mask1);
        a.vfloats(to, to);
        if (j % 2 == 1 && more) {
          a.vshiftRight(word, word, layout.bits());
        }
      }
      case F16 -> {
        if (j == 0) {
          a.vshiftLeft(to, word, 16);
          a.vshiftRightSigned(to, to, 3);
        } else {
          a.vshiftRightSigned(to, word, 3);
        }
        a.vand(to, to, mask0);
        a.vmultiply(to, to, mask1);
      }
      case BF16 -> {
        if (j == 0) {
          a.vshiftLeft(to, word, 16);
        } else {
          a.vand(to, word, mask1);
        }
      }
      case F32 -> {}
    }
  }

  /** One column of the weights times that of each token. */
  private void products(int column) {
    int factor = layout.quant() == Layout.Quant.F32 ? words : values;
    for (int t = 0; t < tokens; t++) {
      Mem x = new Mem(RSI, Float.BYTES * inputAt(column, t));
      if (isa == Isa.AVX512) {
        for (int r = 0; r < rows; r++) {
          a.vfmaBroadcast(r * tokens + t, factor + r, x);
        }
      } else {
        a.vbroadcast(spare, x);
        for (int r = 0; r < rows; r++) {
          a.vfma(r * tokens + t, factor + r, spare);
        }
      }
    }
  }

  /** Where the inputs of a group have a column of token t: tiles of 4, or one of 2 or 1. */
  private int inputAt(int column, int t) {
    int tile = Math.min(tokens, 4);
    return t / tile * tile * layout.group() + column * tile + t % tile;
  }

  /** Adds the chains of one row register, scaled, to y. */
  private void flush(int first, int r) {
    int at = (first + r) * isa.bytes();
    int scale = words;
    int minimum = words + 1;
    int y = words + 2;
    int sum = words + 3;
    if (layout.scaled()) {
      scale(scale, y, 0, at);
      minimum(minimum, scale, y, at);
    }
    for (int t = 0; t < tokens; t++) {
      Mem total = new Mem(RCX, t * WORD + at);
      a.vload(y, total);
      if (!layout.scaled()) {
        a.vadd(y, y, r * tokens + t);
      } else {
        a.vfma(y, scale, r * tokens + t);
        Mem x = new Mem(RDX, t * Float.BYTES);
        if (isa == Isa.AVX512) {
          a.vfmaBroadcast(y, minimum, x);
        } else {
          a.vbroadcast(sum, x);
          a.vfma(y, minimum, sum);
        }
      }
      a.vstore(total, y);
    }
  }
}
