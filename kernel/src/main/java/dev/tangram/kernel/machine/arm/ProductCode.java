package dev.tangram.kernel.machine.arm;

import dev.tangram.kernel.machine.arm.Assembler.Mem;
import dev.tangram.kernel.vector.Layout;

/**
 * Products with float activations. A step is a group.
 *
 * <p>Numerics: as the vector tier, bit for bit. For each row and group one chain of FMA in column
 * order from zero, then {@code y += scale * chain} and {@code y += minimum * sum}.
 */
final class ProductCode extends PanelCode {
  private static final int REGISTERS = 32;

  /** Row registers that a pass over a group holds sums of. */
  private final int rows;

  // Vector registers: sums come first, masks last.
  private final int mask0 = REGISTERS - 1;
  private final int mask1 = REGISTERS - 2;
  private final int words;
  private final int values;
  private final int inputs;
  private final int tail;

  /** Where {@link #inputs} were last loaded from. */
  private int inputsFrom;

  private ProductCode(Layout layout, int tokens) {
    super(layout, tokens);
    // For each row register sums, a word, a value and a tail; then two masks and x.
    int r = WORD / REGISTER;
    int each = tokens + (layout.spare() > 0 ? 3 : 2);
    while (r > 1 && r * each + 1 > REGISTERS - 2) {
      r /= 2;
    }
    rows = r;
    words = rows * tokens;
    values = words + rows;
    inputs = values + rows;
    tail = inputs + 1;
  }

  static byte[] write(Layout layout, int tokens) {
    return new ProductCode(layout, tokens).function();
  }

  @Override
  int groups() {
    return 1;
  }

  @Override
  void step() {
    for (int first = 0; first < WORD / REGISTER; first += rows) {
      sums(first);
      for (int r = 0; r < rows; r++) {
        flush(first, r);
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
      a.vsmall(i, 0);
    }
    inputsFrom = -1;
    int column = 0;
    for (int w = 0; w < layout.groupWords(); w++) {
      for (int r = 0; r < rows; r++) {
        quants(words + r, w, first + r, true);
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

  /**
   * One column of the weights times that of each token. Four floats of x are loaded at a time: of
   * four tokens, or of two or four columns.
   */
  private void products(int column) {
    int factor = layout.quant() == Layout.Quant.F32 ? words : values;
    for (int t = 0; t < tokens; t++) {
      int at = inputAt(column, t);
      if (inputsFrom != (at & -4)) {
        inputsFrom = at & -4;
        a.vload(inputs, new Mem(X, inputsFrom * Float.BYTES));
      }
      for (int r = 0; r < rows; r++) {
        a.vfma(r * tokens + t, factor + r, inputs, at & 3);
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
    int at = (first + r) * REGISTER;
    int scale = words;
    int minimum = words + 1;
    int y = words + 2;
    int sums = words + 3;
    if (layout.scaled()) {
      scale(scale, y, 0, at);
      minimum(minimum, scale, y, at);
    }
    for (int t = 0; t < tokens; t++) {
      Mem total = new Mem(Y, t * WORD + at);
      a.vload(y, total);
      if (!layout.scaled()) {
        a.vadd(y, y, r * tokens + t);
      } else {
        a.vfma(y, scale, r * tokens + t);
        if (t % 4 == 0) {
          sumsFrom(sums, t);
        }
        a.vfma(y, minimum, sums, t % 4);
      }
      a.vstore(total, y);
    }
  }

  /** The sums of up to four tokens, and nothing behind them. */
  private void sumsFrom(int to, int t) {
    Mem from = new Mem(SUMS, t * Float.BYTES);
    switch (Math.min(tokens, 4)) {
      case 1 -> a.vloadLane(to, from);
      case 2 -> a.vloadHalf(to, from);
      default -> a.vload(to, from);
    }
  }
}
