package dev.tangram.kernel.machine.x86;

import static dev.tangram.kernel.machine.x86.Assembler.R10;
import static dev.tangram.kernel.machine.x86.Assembler.R11;
import static dev.tangram.kernel.machine.x86.Assembler.R8;
import static dev.tangram.kernel.machine.x86.Assembler.R9;
import static dev.tangram.kernel.machine.x86.Assembler.RAX;
import static dev.tangram.kernel.machine.x86.Assembler.RBP;
import static dev.tangram.kernel.machine.x86.Assembler.RBX;
import static dev.tangram.kernel.machine.x86.Assembler.RDI;
import static dev.tangram.kernel.machine.x86.Assembler.RDX;
import static dev.tangram.kernel.machine.x86.Assembler.RSI;
import static dev.tangram.kernel.machine.x86.Assembler.RSP;

import dev.tangram.kernel.machine.Isa;
import dev.tangram.kernel.machine.x86.Assembler.Label;
import dev.tangram.kernel.machine.x86.Assembler.Mem;
import dev.tangram.kernel.vector.Layout;

/**
 * Writes one function: some sections of a panel times T tokens. What is done with a group is left
 * to those who extend it; sections and scales are here. Arguments as the System V calling
 * convention passes them:
 *
 * <pre>
 *   rdi section   rsi x   rdx sums   rcx y   r8 sections, at least 1   r9 steps of each section
 *   stack: bytes of a section's scales, bytes from a step's x to the next, and of its sums
 * </pre>
 *
 * A step is a group or a few; y[T, 32] is added to. Nothing is read behind the sections' end
 * (prefetches go there, and fault never), and nothing but y is written.
 *
 * <p>Memory: lines are brought to the second-level cache {@value #AHEAD} bytes ahead, because the
 * hardware alone reads at half the speed; see docs/decisions/0010-machine-tier.md.
 */
abstract class PanelCode {
  /** How far ahead of its use a line of weights is asked for. */
  static final int AHEAD = 8 << 10;

  static final int LINE = 64;

  /** Bytes of one word of 32 rows. */
  static final int WORD = 128;

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

  final Assembler a;
  final Isa isa;
  final Layout layout;
  final int tokens;

  PanelCode(Isa isa, Layout layout, int tokens) {
    this.isa = isa;
    this.layout = layout;
    this.tokens = tokens;
    a = new Assembler(isa);
  }

  /** Fills the registers that keep their value through the function. */
  abstract void masks();

  /**
   * Multiplies {@link #groups} groups. At r11 stand their quants, at rsi their x, at rdx their sums
   * and at rax their scales, which {@link #scales} reads.
   */
  abstract void step();

  /** Groups of a step. */
  abstract int groups();

  final byte[] function() {
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
    return a.bytes();
  }

  private void constant(Mem at, int value) {
    a.movImmediate(RAX, value);
    a.store32(at, RAX);
  }

  final void mask(int register, int value) {
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
    Label step = new Label();
    a.bind(step);
    step();
    a.addImmediate(R11, groups() * layout.groupWords() * WORD);
    a.add(RSI, RBX);
    a.add(RDX, RBP);
    nextScales();
    a.subtractImmediate(R10, 1);
    a.jumpIfNotZero(step);
  }

  /** Takes the bits that word w of a group has of its tail. */
  final void tail(int to, int scratch, int word, int w) {
    int spare = layout.spare();
    if (w == 0) {
      a.vshiftRight16(to, word, 16 - spare);
    } else {
      a.vshiftLeft(to, to, spare);
      a.vshiftRight16(scratch, word, 16 - spare);
      a.vxor(to, to, scratch);
    }
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

  /** Whether the format has minima of its own. */
  final boolean minima() {
    return layout.scaling() == Layout.Scaling.HALF_PAIR
        || layout.scaling() == Layout.Scaling.SUPER_PAIR;
  }

  /**
   * Scales of some rows.
   *
   * @param group of the step
   * @param at where the rows stand in a word of 32
   */
  final void scale(int to, int scratch, int group, int at) {
    Mem here = new Mem(RAX, at);
    switch (layout.scaling()) {
      case HALF, HALF_PAIR -> {
        a.vload(to, here);
        half(to, to, scratch, false);
      }
      case SUPER_PAIR -> {
        a.vbroadcast(scratch, BYTE);
        a.vload(to, here);
        a.vand(to, to, scratch);
        a.vfloats(to, to);
        a.vmultiply(to, to, new Mem(RSP, D + at));
      }
      case SUPER_SIGNED -> {
        // The byte is read as the highest of four, so that its sign is the lane's.
        a.vload(to, new Mem(RAX, at + group - 3));
        a.vshiftRightSigned(to, to, 24);
        a.vfloats(to, to);
        a.vmultiply(to, to, new Mem(RSP, D + at));
      }
      default -> throw new IllegalStateException("no code for " + layout);
    }
  }

  /** Minima of the step's first group; where the format has none, what its zero stands for. */
  final void minimum(int to, int scale, int scratch, int at) {
    switch (layout.scaling()) {
      case HALF, SUPER_SIGNED -> {
        a.vbroadcast(to, ZERO);
        a.vmultiply(to, to, scale);
      }
      case HALF_PAIR -> {
        a.vload(scratch, new Mem(RAX, at));
        half(to, scratch, scratch, true);
      }
      case SUPER_PAIR -> {
        a.vbroadcast(scratch, BYTE);
        a.vload(to, new Mem(RAX, 2 * WORD + at));
        a.vand(to, to, scratch);
        a.vfloats(to, to);
        a.vmultiply(to, to, new Mem(RSP, D_MIN + at));
      }
      default -> throw new IllegalStateException("no code for " + layout);
    }
  }

  /**
   * Moves rax to the scales of the next step. Two halves or four bytes share a lane: within it the
   * lanes are read from an address one or two bytes on, and what else that brings is cut off.
   */
  private void nextScales() {
    switch (layout.scaling()) {
      case HALF -> nextInLane(2);
      case SUPER_PAIR, SUPER_SIGNED -> nextInLane(groups());
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
