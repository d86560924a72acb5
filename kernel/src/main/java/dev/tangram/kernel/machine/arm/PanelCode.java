package dev.tangram.kernel.machine.arm;

import static dev.tangram.kernel.machine.arm.Assembler.SP;

import dev.tangram.kernel.machine.arm.Assembler.Label;
import dev.tangram.kernel.machine.arm.Assembler.Mem;
import dev.tangram.kernel.vector.Layout;

/**
 * Writes one function: some sections of a panel times T tokens. What is done with a group is left
 * to those who extend it; sections and scales are here. Arguments as the procedure call standard
 * (AAPCS64) passes them:
 *
 * <pre>
 *   x0 section   x1 x   x2 sums   x3 y   x4 sections, at least 1   x5 steps of each section
 *   x6 bytes of a section's scales   x7 bytes from a step's x to the next   stack: the same of its sums
 * </pre>
 *
 * A step is a group or a few; y[T, 32] is added to. Nothing is read behind the sections' end
 * (prefetches go there, and fault never), and nothing but y is written. Of the registers that
 * belong to the caller, the low halves of v8 to v15 are used and restored; x18 and above are left
 * alone.
 */
abstract class PanelCode {
  /** How far ahead of its use a line of weights is asked for. */
  static final int AHEAD = 8 << 10;

  static final int LINE = 64;

  /** Bytes of one word of 32 rows, and of a register. */
  static final int WORD = 128;

  static final int REGISTER = 16;

  // General registers: arguments, then what walks along the section, then constants.
  static final int X = 1;
  static final int SUMS = 2;
  static final int Y = 3;
  static final int QUANTS = 9;
  private static final int SECTION = 0;
  private static final int SECTIONS = 4;
  private static final int STEPS = 5;
  private static final int SCALE_BYTES = 6;
  private static final int X_STRIDE = 7;
  private static final int SUMS_STRIDE = 8;
  private static final int SCALES = 10;
  private static final int STEP = 11;
  private static final int HALF_BITS = 12;
  private static final int HALF_EXPONENT = 13;
  private static final int ZERO = 14;
  private static final int SCRATCH = 15;

  /** Frame: d and dmin of 32 rows each, saved registers, room; then the caller's last argument. */
  private static final int D = 0;

  private static final int D_MIN = WORD;
  private static final int SAVED = 2 * WORD;
  static final int ROOM = SAVED + 64;

  final Assembler a = new Assembler();
  final Layout layout;
  final int tokens;

  PanelCode(Layout layout, int tokens) {
    this.layout = layout;
    this.tokens = tokens;
  }

  /** Fills the registers that keep their value through the function. */
  abstract void masks();

  /**
   * Multiplies {@link #groups} groups. At {@link #QUANTS} stand their quants, at {@link #X} their
   * x, at {@link #SUMS} their sums; {@link #scale} and {@link #minimum} know where their scales
   * are.
   */
  abstract void step();

  /** Groups of a step. */
  abstract int groups();

  /** Bytes of the frame from {@link #ROOM} on that a step wants, a multiple of 16. */
  int room() {
    return 0;
  }

  final byte[] function() {
    int frame = ROOM + room();
    a.subtractImmediate(SP, SP, frame);
    for (int i = 0; i < 8; i += 2) {
      a.vstorePair(new Mem(SP, SAVED + 8 * i), 8 + i, 9 + i);
    }
    a.load(SUMS_STRIDE, new Mem(SP, frame));
    a.movImmediate(HALF_BITS, 0x8FFFE000);
    a.movImmediate(HALF_EXPONENT, Float.floatToRawIntBits(0x1p112f));
    a.movImmediate(ZERO, Float.floatToRawIntBits(-layout.zero()));
    masks();
    Label section = a.label();
    section();
    a.mov(SECTION, QUANTS);
    a.subtractsImmediate(SECTIONS, SECTIONS, 1);
    a.branchIfNotZero(section);
    for (int i = 0; i < 8; i += 2) {
      a.vloadPair(8 + i, 9 + i, new Mem(SP, SAVED + 8 * i));
    }
    a.addImmediate(SP, SP, frame);
    a.ret();
    return a.bytes();
  }

  final void mask(int register, int value) {
    a.movImmediate(SCRATCH, value);
    a.vbroadcast(register, SCRATCH);
  }

  private void section() {
    a.add(QUANTS, SECTION, SCALE_BYTES);
    a.mov(SCALES, SECTION);
    int lines = layout.scaleWords(Layout.SECTION / layout.group()) * WORD / LINE;
    for (int i = 0; i < lines; i++) {
      a.prefetchL2(new Mem(SECTION, AHEAD + i * LINE));
    }
    switch (layout.scaling()) {
      case SUPER_PAIR, SUPER_SIGNED -> {
        superScales();
        a.addImmediate(SCALES, SCALES, WORD);
      }
      default -> {}
    }
    a.mov(STEP, STEPS);
    Label step = a.label();
    step();
    a.addImmediate(QUANTS, QUANTS, groups() * layout.groupWords() * WORD);
    a.add(X, X, X_STRIDE);
    a.add(SUMS, SUMS, SUMS_STRIDE);
    nextScales();
    a.subtractsImmediate(STEP, STEP, 1);
    a.branchIfNotZero(step);
  }

  /**
   * Loads a register of a word's rows.
   *
   * @param first whether no pass before it did: then the line that comes later is asked for
   */
  final void quants(int to, int word, int register, boolean first) {
    int at = word * WORD + register * REGISTER;
    a.vload(to, new Mem(QUANTS, at));
    if (first && at % LINE == 0) {
      a.prefetchL2(new Mem(QUANTS, AHEAD + at));
    }
  }

  /** Takes the bits that word w of a group has of its tail. */
  final void tail(int to, int scratch, int word, int w) {
    int spare = layout.spare();
    if (w == 0) {
      a.vshiftRightHalves(to, word, 16 - spare);
    } else {
      a.vshiftLeft(to, to, spare);
      a.vshiftRightHalves(scratch, word, 16 - spare);
      a.vor(to, to, scratch);
    }
  }

  /** Keeps d, and dmin negated, of the section's 32 rows in the frame. */
  private void superScales() {
    for (int i = 0; i < WORD; i += REGISTER) {
      a.vload(0, new Mem(SECTION, i));
      half(1, 0, 2, false);
      a.vstore(new Mem(SP, D + i), 1);
      if (layout.scaling() == Layout.Scaling.SUPER_PAIR) {
        half(1, 0, 2, true);
        a.vnegate(1, 1);
        a.vstore(new Mem(SP, D_MIN + i), 1);
      }
    }
  }

  /**
   * The float of a half in each lane: its bits moved to a float's place, its exponent by a
   * multiplication, which serves subnormal ones too. The processor's own conversion knows infinite
   * halves; the vector tier does not.
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
    Mem here = new Mem(SCALES, at);
    switch (layout.scaling()) {
      case HALF, HALF_PAIR -> {
        a.vload(to, here);
        half(to, to, scratch, false);
      }
      case SUPER_PAIR -> {
        a.vload(to, here);
        byteTimes(to, scratch, new Mem(SP, D + at));
      }
      case SUPER_SIGNED -> {
        // The byte is read as the highest of four, so that its sign is the lane's.
        a.vload(to, new Mem(SCALES, at + group - 3));
        a.vshiftRightSigned(to, to, 24);
        a.vfloats(to, to);
        a.vload(scratch, new Mem(SP, D + at));
        a.vmultiply(to, to, scratch);
      }
      default -> throw new IllegalStateException("no code for " + layout);
    }
  }

  private void byteTimes(int to, int scratch, Mem factor) {
    a.vsmall(scratch, 255);
    a.vand(to, to, scratch);
    a.vfloats(to, to);
    a.vload(scratch, factor);
    a.vmultiply(to, to, scratch);
  }

  /** Minima of the step's first group; where the format has none, what its zero stands for. */
  final void minimum(int to, int scale, int scratch, int at) {
    switch (layout.scaling()) {
      case HALF, SUPER_SIGNED -> {
        a.vbroadcast(to, ZERO);
        a.vmultiply(to, to, scale);
      }
      case HALF_PAIR -> {
        a.vload(scratch, new Mem(SCALES, at));
        half(to, scratch, scratch, true);
      }
      case SUPER_PAIR -> {
        a.vload(to, new Mem(SCALES, 2 * WORD + at));
        byteTimes(to, scratch, new Mem(SP, D_MIN + at));
      }
      default -> throw new IllegalStateException("no code for " + layout);
    }
  }

  /**
   * Goes on to the scales of the next step. Two halves or four bytes share a lane: within it the
   * lanes are read from an address one or two bytes on, and what else that brings is cut off.
   */
  private void nextScales() {
    switch (layout.scaling()) {
      case HALF -> nextInLane(2);
      case SUPER_PAIR, SUPER_SIGNED -> nextInLane(groups());
      case HALF_PAIR -> a.addImmediate(SCALES, SCALES, WORD);
      default -> {}
    }
  }

  private void nextInLane(int bytes) {
    a.addImmediate(SCALES, SCALES, bytes);
    a.testLowBits(SCALES, 2);
    a.skipIfNotZero(1);
    a.addImmediate(SCALES, SCALES, WORD - 4);
  }
}
