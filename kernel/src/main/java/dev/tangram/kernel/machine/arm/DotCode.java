package dev.tangram.kernel.machine.arm;

import static dev.tangram.kernel.machine.arm.Assembler.SP;

import dev.tangram.kernel.machine.arm.Assembler.Mem;
import dev.tangram.kernel.vector.Layout;
import dev.tangram.kernel.vector.PanelProducts;

/**
 * Products with activations of 16 bits by the dot products of four bytes that AArch64 has, two of
 * them for each: x is 256 times a signed byte and an unsigned one. A step is a cell's 32 columns:
 * one group, or two of 16 columns.
 *
 * <p>Numerics: as the x86-64 code, bit for bit. A group's sum is exact, whatever is summed first;
 * what is done with it is that code's.
 *
 * <p>Quants leave their words four at a time, a byte each, in an order that costs least; the bytes
 * of x are brought into the same order once for all rows.
 */
final class DotCode extends PanelCode {
  private static final int CELL = PanelProducts.CELL_WORDS * Integer.BYTES;

  /**
   * Where a cell has what is not a pair: the step, the columns' sum and two seeds, in one register.
   */
  private static final int INFO = PanelProducts.CELL_COLUMNS * Short.BYTES;

  private static final int STEP_LANE = 0;
  private static final int SUM_LANE = 1;
  private static final int SEED_LANE = 2;

  /** Bytes of x and sums with them. */
  private static final int LOW = 0;

  private static final int HIGH = 1;

  // Vector registers behind the sums and x; four in a row take a cell, too.
  private static final int WORDS = 24;
  private static final int TAIL = 25;
  private static final int THIRD = 26;
  private static final int BYTES = 27;
  private static final int OTHER = 28;
  private static final int SPARE = 29;
  private static final int MASK_LOW = 30;
  private static final int MASK_HIGH = 31;

  /** Groups of a step. */
  private final int groups;

  /** Tokens that a pass serves. */
  private final int tile;

  /** Sums that a token's are spread over, so that one does not wait for the other. */
  private final int chains;

  /** Which bytes of a cell each register of x takes; filled in as quants are taken out. */
  private final byte[][][] orders = new byte[2][2][REGISTER];

  private DotCode(Layout layout, int tokens) {
    super(layout, tokens);
    boolean known =
        switch (layout.bits()) {
          case 4 -> true;
          case 5, 6 -> layout.spare() == 16 % layout.bits();
          case 8 -> layout.group() == PanelProducts.CELL_COLUMNS;
          default -> false;
        };
    if (!known) {
      throw new IllegalArgumentException("no code for " + layout);
    }
    groups = PanelProducts.CELL_COLUMNS / layout.group();
    tile = Math.min(tokens, 4 / groups);
    chains = tile == 1 ? 2 : 1;
  }

  static byte[] write(Layout layout, int tokens) {
    return new DotCode(layout, tokens).function();
  }

  @Override
  int groups() {
    return groups;
  }

  /** Seeds of a tile's groups. */
  @Override
  int room() {
    return tile * groups * REGISTER;
  }

  @Override
  void masks() {
    int ones = (1 << layout.bits()) - 1;
    switch (layout.bits()) {
      case 4 -> a.vbytes(MASK_LOW, ones);
      case 8 -> a.vbytes(MASK_LOW, 0x80);
      default -> {
        mask(MASK_LOW, ones * 0x10001);
        mask(MASK_HIGH, (ones << 8) * 0x10001);
      }
    }
  }

  @Override
  void step() {
    for (int from = 0; from < tokens; from += tile) {
      for (int t = 0; t < tile; t++) {
        input(from, t);
      }
      for (int r = 0; r < WORD / REGISTER; r++) {
        for (int g = 0; g < groups; g++) {
          seeds(g);
          quants(from, r, g);
          sums(g, r * REGISTER);
        }
        flush(from, r * REGISTER);
      }
    }
  }

  private int sum(int part, int t, int chain) {
    return (part * chains + chain) * tile + t;
  }

  /** Bytes of 16 columns of a token. */
  private int x(int t, int part, int half) {
    return 2 * chains * tile + (t * 2 + part) * 2 + half;
  }

  /** What the groups of a cell have in common: their sums, scaled. */
  private int both(int t) {
    return x(tile, 0, 0) + t;
  }

  private static Mem cell(int t, int at) {
    return new Mem(X, t * CELL + at);
  }

  private Mem seed(int t, int group) {
    return new Mem(SP, ROOM + (t * groups + group) * REGISTER);
  }

  /** Brings a token's bytes into the quants' order. */
  private void input(int from, int t) {
    for (int i = 0; i < 4; i++) {
      a.vload(WORDS + i, cell(from + t, i * REGISTER));
    }
    for (int part = LOW; part <= HIGH; part++) {
      for (int half = 0; half < 2; half++) {
        a.vliteral(OTHER, orders[part][half]);
        a.vselect(x(t, part, half), WORDS, OTHER);
      }
    }
    if (layout.zero() != 0) {
      a.vload(WORDS, cell(from + t, INFO));
      for (int g = 0; g < groups; g++) {
        a.vbroadcastLane(BYTES, WORDS, SEED_LANE + g);
        if (layout.bits() == 8) {
          addHighBytes(BYTES, t);
        }
        a.vstore(seed(t, g), BYTES);
      }
    }
  }

  /**
   * Quants of 8 bits meet the signed bytes less 128, to be signed bytes themselves: 128 * 256 times
   * the signed bytes' sum makes up for it.
   */
  private void addHighBytes(int to, int t) {
    a.vsmall(OTHER, 0);
    a.vbytes(SPARE, 1);
    a.vdot(OTHER, x(t, HIGH, 0), SPARE, 0);
    a.vdot(OTHER, x(t, HIGH, 1), SPARE, 0);
    a.vsum(OTHER, OTHER);
    a.vbroadcastLane(OTHER, OTHER, 0);
    a.vshiftLeft(OTHER, OTHER, 15);
    a.vaddIntegers(to, to, OTHER);
  }

  private void seeds(int group) {
    for (int t = 0; t < tile; t++) {
      for (int chain = 0; chain < chains; chain++) {
        if (chain == 0 && layout.zero() != 0) {
          a.vload(sum(LOW, t, chain), seed(t, group));
        } else {
          a.vsmall(sum(LOW, t, chain), 0);
        }
        a.vsmall(sum(HIGH, t, chain), 0);
      }
    }
  }

  /** The sums of one group for one register of rows. */
  private void quants(int from, int r, int group) {
    int bits = layout.bits();
    int first = group * layout.group();
    int lane = first / 4;
    for (int w = 0; w < layout.groupWords(); w++, first += layout.perLane()) {
      quants(WORDS, group * layout.groupWords() + w, r, from == 0);
      if (layout.spare() > 0) {
        tail(TAIL, OTHER, WORDS, w);
      }
      switch (bits) {
        case 4 -> {
          a.vand(BYTES, WORDS, MASK_LOW);
          dots(BYTES, BYTES, lane++, first, first + 4);
          a.vshiftRightBytes(BYTES, WORDS, 4);
          dots(BYTES, BYTES, lane++, first + 2, first + 6);
        }
        case 8 -> {
          a.vxor(BYTES, WORDS, MASK_LOW);
          dots(BYTES, WORDS, lane++, first, first + 2);
        }
        case 5 -> {
          lane = four(WORDS, lane, first);
          lane = third(w, lane, first + 4);
        }
        case 6 -> lane = four(WORDS, lane, first);
        default -> throw new IllegalStateException("no code for " + layout);
      }
    }
    switch (bits) {
      case 5 -> {
        a.vshiftLeftHalves(OTHER, TAIL, 8);
        a.vand(OTHER, OTHER, MASK_HIGH);
        a.vor(THIRD, THIRD, OTHER);
        dots(THIRD, THIRD, lane, first - 2, first);
      }
      case 6 -> four(TAIL, lane, first);
      default -> {}
    }
  }

  /** The first two pairs of a word of 5 or 6 bits. */
  private int four(int word, int lane, int first) {
    a.vand(BYTES, word, MASK_LOW);
    a.vshiftLeftHalves(OTHER, word, 8 - layout.bits());
    a.vand(OTHER, OTHER, MASK_HIGH);
    a.vor(BYTES, BYTES, OTHER);
    dots(BYTES, BYTES, lane, first, first + 2);
    return lane + 1;
  }

  /** The third pair of a word of 5 bits, which two words share a lane for. */
  private int third(int w, int lane, int column) {
    if (w % 2 == 0) {
      a.vshiftRightHalves(THIRD, WORDS, 10);
      a.vand(THIRD, THIRD, MASK_LOW);
      return lane;
    }
    a.vshiftRightHalves(OTHER, WORDS, 2);
    a.vand(OTHER, OTHER, MASK_HIGH);
    a.vor(THIRD, THIRD, OTHER);
    dots(THIRD, THIRD, lane, column - layout.perLane(), column);
    return lane + 1;
  }

  /**
   * Four columns of the weights times those of each token.
   *
   * @param signed quants as signed bytes
   * @param unsigned as unsigned ones
   * @param lane of x
   * @param even column of byte 0, followed by that of byte 2
   * @param odd column of byte 1, followed by that of byte 3
   */
  private void dots(int signed, int unsigned, int lane, int even, int odd) {
    int[] columns = {even, odd, even + 1, odd + 1};
    for (int i = 0; i < 4; i++) {
      for (int part = LOW; part <= HIGH; part++) {
        orders[part][lane / 4][lane % 4 * 4 + i] = (byte) (2 * columns[i] + part);
      }
    }
    for (int t = 0; t < tile; t++) {
      int chain = lane % chains;
      a.vdot(sum(HIGH, t, chain), signed, x(t, HIGH, lane / 4), lane % 4);
      a.vdotUnsigned(sum(LOW, t, chain), unsigned, x(t, LOW, lane / 4), lane % 4);
    }
  }

  /** Makes floats of a group's sums, and of two groups one. */
  private void sums(int group, int at) {
    if (groups == 2) {
      scale(WORDS, OTHER, group, at);
    }
    for (int t = 0; t < tile; t++) {
      int low = sum(LOW, t, 0);
      int high = sum(HIGH, t, 0);
      if (chains == 2) {
        a.vaddIntegers(low, low, sum(LOW, t, 1));
        a.vaddIntegers(high, high, sum(HIGH, t, 1));
      }
      a.vshiftLeft(high, high, 8);
      a.vaddIntegers(low, low, high);
      a.vfloats(low, low);
      if (groups == 2 && group == 0) {
        a.vmultiply(both(t), low, WORDS);
      } else if (groups == 2) {
        a.vfma(both(t), low, WORDS);
      }
    }
  }

  /** Adds the sums of one register of rows, scaled, to y. */
  private void flush(int from, int at) {
    int scale = WORDS;
    int minimum = TAIL;
    int y = THIRD;
    int info = BYTES;
    if (groups == 1) {
      scale(scale, OTHER, 0, at);
      if (minima()) {
        minimum(minimum, scale, OTHER, at);
      }
    }
    for (int t = 0; t < tile; t++) {
      Mem total = new Mem(Y, (from + t) * WORD + at);
      a.vload(y, total);
      a.vload(info, cell(from + t, INFO));
      if (groups == 2) {
        a.vfma(y, both(t), info, STEP_LANE);
      } else {
        a.vmultiply(sum(LOW, t, 0), sum(LOW, t, 0), info, STEP_LANE);
        a.vfma(y, sum(LOW, t, 0), scale);
        if (minima()) {
          a.vfma(y, minimum, info, SUM_LANE);
        }
      }
      a.vstore(total, y);
    }
  }
}
