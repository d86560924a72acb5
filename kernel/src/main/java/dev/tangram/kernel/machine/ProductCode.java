package dev.tangram.kernel.machine;

import static dev.tangram.kernel.machine.Assembler.R10;
import static dev.tangram.kernel.machine.Assembler.R11;
import static dev.tangram.kernel.machine.Assembler.R8;
import static dev.tangram.kernel.machine.Assembler.R9;
import static dev.tangram.kernel.machine.Assembler.RAX;
import static dev.tangram.kernel.machine.Assembler.RBP;
import static dev.tangram.kernel.machine.Assembler.RBX;
import static dev.tangram.kernel.machine.Assembler.RCX;
import static dev.tangram.kernel.machine.Assembler.RDI;
import static dev.tangram.kernel.machine.Assembler.RDX;
import static dev.tangram.kernel.machine.Assembler.RSI;
import static dev.tangram.kernel.machine.Assembler.RSP;

import dev.tangram.kernel.machine.Assembler.Label;
import dev.tangram.kernel.machine.Assembler.Mem;
import dev.tangram.kernel.vector.Layout;

/**
 * Writes one function: some sections of a panel times T tokens. Arguments as the System V calling
 * convention passes them:
 *
 * <pre>
 *   rdi section   rsi x   rdx sums   rcx y   r8 sections, at least 1   r9 groups of each section
 *   stack: bytes of a section's scales, bytes from a group's x to the next, and of its sums
 * </pre>
 *
 * y[T, 32] is added to. Nothing is read behind the sections' end (prefetches go there, and fault
 * never), and nothing but y is written.
 *
 * <p>Numerics: as the vector tier, bit for bit. For each row and group one chain of FMA in column
 * order from zero, then {@code y += scale * chain} and {@code y += minimum * sum}.
 *
 * <p>Memory: lines are brought to the second-level cache {@value #AHEAD} bytes ahead, because the
 * hardware alone reads at half the speed; see docs/decisions/0010-machine-tier.md.
 */
final class ProductCode {
  /** How far ahead of its use a line of weights is asked for. */
  private static final int AHEAD = 8 << 10;

  private static final int LINE = 64;

  /** Bytes of one word of 32 rows. */
  private static final int WORD = 128;

  /** Frame: constants, then d and dmin of 32 rows each; then saved registers, return, arguments. */
  private static final int FRAME = 64 + 2 * WORD;

  private static final int D = 64;
  private static final int D_MIN = 64 + WORD;
  private static final int SCALE_BYTES = FRAME + 24;
  private static final int X_STRIDE = FRAME + 32;
  private static final int SUMS_STRIDE = FRAME + 40;

  // Constants in the frame.
  private static final Mem HALF_BITS = new Mem(RSP, 0);
  private static final Mem HALF_EXPONENT = new Mem(RSP, 4);
  private static final Mem BYTE = new Mem(RSP, 8);
  private static final Mem ZERO = new Mem(RSP, 12);
  private static final Mem SIGN = new Mem(RSP, 16);

  private final Assembler a;
  private final Isa isa;
  private final Layout layout;
  private final int tokens;

  /** Row registers that a pass over a group holds sums of, and how many passes make 32 rows. */
  private final int rows;

  private final int passes;

  // Vector registers.
  private final int mask0;
  private final int mask1;
  private final int words;
  private final int values;
  private final int spare;

  private ProductCode(Isa isa, Layout layout, int tokens) {
    this.isa = isa;
    this.layout = layout;
    this.tokens = tokens;
    a = new Assembler(isa);
    int all = WORD / isa.bytes();
    // For each row register sums, a word and a value; then two masks and what else is at hand.
    int r = all;
    while (r > 1 && r * (tokens + 2) + 1 > isa.registers() - 2) {
      r /= 2;
    }
    rows = r;
    passes = all / r;
    mask0 = isa.registers() - 1;
    mask1 = isa.registers() - 2;
    words = rows * tokens;
    values = words + rows;
    spare = values + rows;
  }

  /** Whether there is code for this layout. */
  static boolean known(Layout layout) {
    return switch (layout.scaling()) {
      case NONE, HALF, HALF_PAIR, SUPER_PAIR, SUPER_SIGNED -> true;
      default -> false;
    };
  }

  static byte[] write(Isa isa, Layout layout, int tokens) {
    ProductCode code = new ProductCode(isa, layout, tokens);
    code.function();
    return code.a.bytes();
  }

  private void function() {
    a.push(RBX);
    a.push(RBP);
    a.subtractImmediate(RSP, FRAME);
    a.load(RBX, new Mem(RSP, X_STRIDE));
    a.load(RBP, new Mem(RSP, SUMS_STRIDE));
    constant(HALF_BITS, 0x8FFFE000);
    constant(HALF_EXPONENT, Float.floatToRawIntBits(0x1p112f));
    constant(BYTE, 255);
    constant(ZERO, Float.floatToRawIntBits(-layout.zero()));
    constant(SIGN, 0x80000000);
    masks();
    Label section = new Label();
    a.bind(section);
    section();
    a.mov(RDI, R11);
    a.subtractImmediate(R8, 1);
    a.jumpIfNotZero(section);
    a.vzeroupper();
    a.addImmediate(RSP, FRAME);
    a.pop(RBP);
    a.pop(RBX);
    a.ret();
  }

  private void constant(Mem at, int value) {
    a.movImmediate(RAX, value);
    a.store32(at, RAX);
  }

  /** What is masked out of a lane: a pair of quants, or the second of two bfloats. */
  private void masks() {
    int bits = layout.bits();
    switch (layout.quant()) {
      case INTEGER -> {
        mask(mask0, (1 << bits) - 1);
        mask(mask1, (1 << bits) - 1 << bits);
      }
      case F16 -> {
        mask(mask0, 0x8FFFE000);
        mask(mask1, Float.floatToRawIntBits(0x1p112f));
      }
      case BF16 -> mask(mask1, 0xFFFF0000);
      case F32 -> {}
    }
  }

  private void mask(int register, int value) {
    a.movImmediate(RAX, value);
    a.vmovd(0, RAX);
    a.vbroadcast(register, 0);
  }

  private void section() {
    a.load(R11, new Mem(RSP, SCALE_BYTES));
    a.add(R11, RDI);
    a.mov(RAX, RDI);
    int lines = layout.scaleWords(Layout.SECTION / layout.group()) * WORD / LINE;
    for (int i = 0; i < lines; i++) {
      a.prefetchT1(new Mem(RDI, AHEAD + i * LINE));
    }
    switch (layout.scaling()) {
      case SUPER_PAIR, SUPER_SIGNED -> {
        superScales();
        a.addImmediate(RAX, WORD);
      }
      default -> {}
    }
    a.mov(R10, R9);
    Label group = new Label();
    a.bind(group);
    for (int pass = 0; pass < passes; pass++) {
      sums(pass * rows);
      for (int r = 0; r < rows; r++) {
        flush(pass * rows, r);
      }
    }
    a.addImmediate(R11, layout.groupWords() * WORD);
    a.add(RSI, RBX);
    a.add(RDX, RBP);
    nextScales();
    a.subtractImmediate(R10, 1);
    a.jumpIfNotZero(group);
  }

  /** Keeps d, and dmin negated, of the section's 32 rows in the frame. */
  private void superScales() {
    for (int i = 0; i < WORD; i += isa.bytes()) {
      a.vload(0, new Mem(RDI, i));
      half(1, 0, 2, false);
      a.vstore(new Mem(RSP, D + i), 1);
      if (layout.scaling() == Layout.Scaling.SUPER_PAIR) {
        half(1, 0, 2, true);
        a.vbroadcast(2, SIGN);
        a.vxor(1, 1, 2);
        a.vstore(new Mem(RSP, D_MIN + i), 1);
      }
    }
  }

  /**
   * The float of a half in each lane: its bits moved to a float's place, its exponent by a
   * multiplication, which serves subnormal ones too.
   */
  private void half(int to, int from, int scratch, boolean high) {
    if (high) {
      a.vshiftRightSigned(to, from, 3);
    } else {
      a.vshiftLeft(to, from, 16);
      a.vshiftRightSigned(to, to, 3);
    }
    a.vbroadcast(scratch, HALF_BITS);
    a.vand(to, to, scratch);
    a.vbroadcast(scratch, HALF_EXPONENT);
    a.vmultiply(to, to, scratch);
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
      }
      int last = Math.min(column + layout.perLane(), layout.group());
      for (int j = 0; column < last; j++, column++) {
        for (int r = 0; r < rows; r++) {
          value(values + r, words + r, j, column + 1 < last);
        }
        products(column);
      }
    }
  }

  /** Value j of a lane as a float; a lane that is a float stays where it is. */
  private void value(int to, int word, int j, boolean more) {
    switch (layout.quant()) {
      case INTEGER -> {
        a.vand(to, word, j % 2 == 0 ? mask0 : mask1);
        a.vfloats(to, to);
        if (j % 2 == 1 && more) {
          a.vshiftRight(word, word, 2 * layout.bits());
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
      scales(scale, minimum, y, at);
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

  /** Scale and minimum of the group that rax stands at. */
  private void scales(int scale, int minimum, int scratch, int at) {
    Mem here = new Mem(RAX, at);
    switch (layout.scaling()) {
      case HALF -> {
        a.vload(minimum, here);
        half(scale, minimum, scratch, false);
        a.vbroadcast(scratch, ZERO);
        a.vmultiply(minimum, scale, scratch);
      }
      case HALF_PAIR -> {
        a.vload(minimum, here);
        half(scale, minimum, scratch, false);
        a.vload(scratch, here);
        half(minimum, scratch, scratch, true);
      }
      case SUPER_PAIR -> {
        a.vbroadcast(scratch, BYTE);
        a.vload(scale, here);
        a.vand(scale, scale, scratch);
        a.vfloats(scale, scale);
        a.vmultiply(scale, scale, new Mem(RSP, D + at));
        a.vload(minimum, new Mem(RAX, 2 * WORD + at));
        a.vand(minimum, minimum, scratch);
        a.vfloats(minimum, minimum);
        a.vmultiply(minimum, minimum, new Mem(RSP, D_MIN + at));
      }
      case SUPER_SIGNED -> {
        // The byte is read as the highest of four, so that its sign is the lane's.
        a.vload(scale, new Mem(RAX, at - 3));
        a.vshiftRightSigned(scale, scale, 24);
        a.vfloats(scale, scale);
        a.vmultiply(scale, scale, new Mem(RSP, D + at));
        a.vbroadcast(minimum, ZERO);
        a.vmultiply(minimum, minimum, scale);
      }
      default -> throw new IllegalStateException("no code for " + layout);
    }
  }

  /**
   * Moves rax to the scales of the next group. Two halves or four bytes share a lane: within it the
   * lanes are read from an address one or two bytes on, and what else that brings is cut off.
   */
  private void nextScales() {
    switch (layout.scaling()) {
      case HALF -> nextInLane(2);
      case SUPER_PAIR, SUPER_SIGNED -> nextInLane(1);
      case HALF_PAIR -> a.addImmediate(RAX, WORD);
      default -> {}
    }
  }

  private void nextInLane(int bytes) {
    Label within = new Label();
    a.addImmediate(RAX, bytes);
    a.testLowByte(3);
    a.jumpIfNotZero(within);
    a.addImmediate(RAX, WORD - 4);
    a.bind(within);
  }
}
