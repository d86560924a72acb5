package dev.tangram.kernel.machine.x86;

import dev.tangram.kernel.machine.Isa;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Writes the x86-64 instructions that the code of this package needs, and no others: encodings are
 * those the GNU assembler chooses, and a test compares them byte for byte.
 *
 * <p>Operands are register numbers: of general registers the constants below, of vector registers 0
 * to 31. An instruction on vectors is encoded for {@link Isa}: EVEX at 512 bits, VEX at 256.
 */
final class Assembler {
  static final int RAX = 0;
  static final int RCX = 1;
  static final int RDX = 2;
  static final int RBX = 3;
  static final int RSP = 4;
  static final int RBP = 5;
  static final int RSI = 6;
  static final int RDI = 7;
  static final int R8 = 8;
  static final int R9 = 9;
  static final int R10 = 10;
  static final int R11 = 11;

  /** An operand in memory: {@code [base + disp]}. */
  record Mem(int base, int disp) {}

  /** A place in the code that jumps go to. */
  static final class Label {
    private int at = -1;
    private final List<Integer> uses = new ArrayList<>();
  }

  /**
   * A vector instruction: opcode map (1: 0F, 2: 0F38, 3: 0F3A), mandatory prefix (1: 66, 2: F3),
   * opcode.
   */
  private record Op(int map, int prefix, int opcode) {}

  private static final Op LOAD = new Op(1, 0, 0x10);
  private static final Op STORE = new Op(1, 0, 0x11);
  private static final Op AND = new Op(1, 1, 0xDB);
  private static final Op XOR = new Op(1, 1, 0xEF);
  private static final Op SHIFT = new Op(1, 1, 0x72);
  private static final Op SHIFT_16 = new Op(1, 1, 0x71);
  private static final Op ADD_INTEGERS = new Op(1, 1, 0xFE);
  private static final Op MULTIPLY_PAIRS = new Op(1, 1, 0xF5);
  private static final Op ADD_PAIRS = new Op(2, 1, 0x52);
  private static final Op MULTIPLY_INTEGERS = new Op(2, 1, 0x40);
  private static final Op MAXIMUM_INTEGERS = new Op(2, 1, 0x3D);
  private static final Op PACK = new Op(1, 1, 0x6B);
  private static final Op STORE_LOW_HALVES = new Op(2, 2, 0x33);
  private static final Op SHUFFLE = new Op(1, 1, 0x70);
  private static final Op SHUFFLE_QUARTERS = new Op(3, 1, 0x43);
  private static final Op SHUFFLE_HALVES = new Op(3, 1, 0x46);
  private static final Op TO_INTEGER = new Op(1, 1, 0x5B);
  private static final Op SUBTRACT = new Op(1, 0, 0x5C);
  private static final Op MINIMUM = new Op(1, 0, 0x5D);
  private static final Op DIVIDE = new Op(1, 0, 0x5E);
  private static final Op TO_FLOAT = new Op(1, 0, 0x5B);
  private static final Op ADD = new Op(1, 0, 0x58);
  private static final Op MULTIPLY = new Op(1, 0, 0x59);
  private static final Op FMA = new Op(2, 1, 0xB8);
  private static final Op MULTIPLY_FIRST = new Op(2, 1, 0xA8);
  private static final Op WIDEN_HALVES = new Op(2, 1, 0x13);
  private static final Op WIDEN_BYTES = new Op(2, 1, 0x21);
  private static final Op BROADCAST = new Op(2, 1, 0x18);

  private final Isa isa;
  private ByteBuffer code = ByteBuffer.allocate(1 << 13).order(ByteOrder.LITTLE_ENDIAN);

  Assembler(Isa isa) {
    this.isa = isa;
  }

  /** What was written so far. Every label that is used must have been set. */
  byte[] bytes() {
    return Arrays.copyOf(code.array(), code.position());
  }

  private Assembler put(int... bytes) {
    if (code.remaining() < bytes.length + 4) {
      code.flip();
      code = ByteBuffer.allocate(2 * code.capacity()).order(ByteOrder.LITTLE_ENDIAN).put(code);
    }
    for (int b : bytes) {
      code.put((byte) b);
    }
    return this;
  }

  private void put32(int value) {
    put();
    code.putInt(value);
  }

  // General registers, 64 bits wide.

  void ret() {
    put(0xC3);
  }

  void push(int r) {
    if (r >= 8) {
      put(0x41);
    }
    put(0x50 + (r & 7));
  }

  void pop(int r) {
    if (r >= 8) {
      put(0x41);
    }
    put(0x58 + (r & 7));
  }

  void cpuid() {
    put(0x0F, 0xA2);
  }

  void xgetbv() {
    put(0x0F, 0x01, 0xD0);
  }

  /** {@code to = from}. */
  void mov(int to, int from) {
    put(rex(true, from, to), 0x89, 0xC0 | (from & 7) << 3 | to & 7);
  }

  /** {@code to = value}, zero-extended. */
  void movImmediate(int to, int value) {
    if (to >= 8) {
      put(0x41);
    }
    put(0xB8 + (to & 7));
    put32(value);
  }

  /** {@code to = memory}, 64 bits. */
  void load(int to, Mem from) {
    put(rex(true, to, from.base()), 0x8B);
    memory(to, from, 1);
  }

  /** {@code memory = from}, the low 32 bits. */
  void store32(Mem to, int from) {
    int rex = rex(false, from, to.base());
    if (rex != 0x40) {
      put(rex);
    }
    put(0x89);
    memory(from, to, 1);
  }

  /** {@code to += from}. */
  void add(int to, int from) {
    put(rex(true, from, to), 0x01, 0xC0 | (from & 7) << 3 | to & 7);
  }

  /** {@code to += value}. */
  void addImmediate(int to, int value) {
    arithmetic(0, to, value);
  }

  /** {@code to -= value}, and the flags of it. */
  void subtractImmediate(int to, int value) {
    arithmetic(5, to, value);
  }

  private void arithmetic(int operation, int to, int value) {
    if (value == (byte) value) {
      put(rex(true, 0, to), 0x83, 0xC0 | operation << 3 | to & 7, value);
    } else if (to == RAX) {
      put(0x48, operation << 3 | 5);
      put32(value);
    } else {
      put(rex(true, 0, to), 0x81, 0xC0 | operation << 3 | to & 7);
      put32(value);
    }
  }

  /** {@code to >>>= count}. */
  void shiftRight(int to, int count) {
    put(rex(true, 0, to), 0xC1, 0xE8 | to & 7, count);
  }

  /** The flags of {@code al & value}. */
  void testLowByte(int value) {
    put(0xA8, value);
  }

  private static int rex(boolean wide, int reg, int rm) {
    return 0x40 | (wide ? 8 : 0) | reg >> 3 << 2 | rm >> 3;
  }

  // Jumps, always in their long form.

  void bind(Label label) {
    label.at = code.position();
    for (int use : label.uses) {
      code.putInt(use, label.at - (use + 4));
    }
  }

  /** Jumps if the last result was not zero. */
  void jumpIfNotZero(Label label) {
    put(0x0F, 0x85);
    target(label);
  }

  /** Jumps if it was. */
  void jumpIfZero(Label label) {
    put(0x0F, 0x84);
    target(label);
  }

  private void target(Label label) {
    int use = code.position();
    put32(label.at < 0 ? 0 : label.at - (use + 4));
    if (label.at < 0) {
      label.uses.add(use);
    }
  }

  /** Brings a line to the second-level cache; an address that is not mapped does no harm. */
  void prefetchT1(Mem at) {
    if (at.base() >= 8) {
      put(0x41);
    }
    put(0x0F, 0x18);
    memory(2, at, 1);
  }

  // Vectors.

  void vzeroupper() {
    put(0xC5, 0xF8, 0x77);
  }

  /** The low lane of a vector register becomes a general one's 32 bits; register below 16. */
  void vmovd(int to, int from) {
    vex(1, 1, 0x6E, false, to, 0, from, 0);
    put(0xC0 | (to & 7) << 3 | from & 7);
  }

  /** {@code memory = } the low lane of a vector register below 16. */
  void vstoreLane(Mem to, int from) {
    vex(1, 1, 0x7E, false, from, 0, to.base(), 0);
    memory(from, to, 1);
  }

  void vload(int to, Mem from) {
    emit(LOAD, to, 0, from, isa.bytes());
  }

  void vstore(Mem to, int from) {
    emit(STORE, from, 0, to, isa.bytes());
  }

  void vand(int to, int a, int b) {
    emit(AND, to, a, b);
  }

  void vxor(int to, int a, int b) {
    emit(XOR, to, a, b);
  }

  void vzero(int to) {
    emit(XOR, to, to, to);
  }

  /** Each lane {@code to = from >>> count}. */
  void vshiftRight(int to, int from, int count) {
    emit(SHIFT, 2, to, from).put(count);
  }

  /** Each 16 bits {@code to = from >>> count}. */
  void vshiftRight16(int to, int from, int count) {
    emit(SHIFT_16, 2, to, from).put(count);
  }

  /** Each lane {@code to = from >> count}, with the sign. */
  void vshiftRightSigned(int to, int from, int count) {
    emit(SHIFT, 4, to, from).put(count);
  }

  /** Each lane {@code to = from << count}. */
  void vshiftLeft(int to, int from, int count) {
    emit(SHIFT, 6, to, from).put(count);
  }

  /** {@code to = a + b} of 32-bit integers. */
  void vaddIntegers(int to, int a, int b) {
    emit(ADD_INTEGERS, to, a, b);
  }

  /** Each lane {@code to = a0 * b0 + a1 * b1} of pairs of 16-bit integers. */
  void vmultiplyPairs(int to, int a, int b) {
    emit(MULTIPLY_PAIRS, to, a, b);
  }

  /** Each lane {@code sum += a0 * b0 + a1 * b1} of pairs of 16-bit integers. */
  void vaddPairs(int sum, int a, int b) {
    emit(ADD_PAIRS, sum, a, b);
  }

  /** The same, b one pair for all lanes; 512 bits only. */
  void vaddPairsBroadcast(int sum, int a, Mem b) {
    broadcast(ADD_PAIRS, sum, a, b);
  }

  void vmultiplyIntegers(int to, int a, int b) {
    emit(MULTIPLY_INTEGERS, to, a, b);
  }

  /** The larger of signed 32-bit integers. */
  void vmaximumIntegers(int to, int a, int b) {
    emit(MAXIMUM_INTEGERS, to, a, b);
  }

  /** In each 128 bits, lane i becomes lane {@code order >> 2i & 3}. */
  void vshuffle(int to, int from, int order) {
    emit(SHUFFLE, to, 0, from).put(order);
  }

  /** 128 bits each: the first two of a, the next two of b, by two bits of order; 512 bits only. */
  void vshuffleQuarters(int to, int a, int b, int order) {
    emit(SHUFFLE_QUARTERS, to, a, b).put(order);
  }

  /** 128 bits each, of a (0, 1) and b (2, 3), by four bits of order; 256 bits only. */
  void vshuffleHalves(int to, int a, int b, int order) {
    emit(SHUFFLE_HALVES, to, a, b).put(order);
  }

  /** 64 bits each, in order 0, 2, 1, 3; 256 bits only. */
  void vswapMiddle(int to, int from) {
    vex(3, 1, 0x00, true, to, 0, from, 1);
    put(0xC0 | (to & 7) << 3 | from & 7, 0xD8);
  }

  /** In each 128 bits four 32-bit integers of a, then of b, as 16-bit ones; 256 bits only. */
  void vpack(int to, int a, int b) {
    emit(PACK, to, a, b);
  }

  /** {@code memory =} the low 16 bits of each lane; 512 bits only. */
  void vstoreLowHalves(Mem to, int from) {
    emit(STORE_LOW_HALVES, from, 0, to, isa.bytes() / 2);
  }

  /** Floats to the nearest signed 32-bit integers, the even of two. */
  void vintegers(int to, int from) {
    emit(TO_INTEGER, to, 0, from);
  }

  /** Halves in memory to floats. */
  void vwidenHalves(int to, Mem from) {
    emit(WIDEN_HALVES, to, 0, from, isa.bytes() / 2);
  }

  /** Signed bytes in memory to 32-bit integers. */
  void vwidenBytes(int to, Mem from) {
    emit(WIDEN_BYTES, to, 0, from, isa.bytes() / 4);
  }

  void vsubtract(int to, int a, int b) {
    emit(SUBTRACT, to, a, b);
  }

  void vdivide(int to, int a, int b) {
    emit(DIVIDE, to, a, b);
  }

  /** The smaller; b where one is no number. */
  void vminimum(int to, int a, int b) {
    emit(MINIMUM, to, a, b);
  }

  /** Signed 32-bit integers to floats. */
  void vfloats(int to, int from) {
    emit(TO_FLOAT, to, 0, from);
  }

  void vadd(int to, int a, int b) {
    emit(ADD, to, a, b);
  }

  void vmultiply(int to, int a, int b) {
    emit(MULTIPLY, to, a, b);
  }

  void vmultiply(int to, int a, Mem b) {
    emit(MULTIPLY, to, a, b, isa.bytes());
  }

  /** {@code sum += a * b}, rounded once. */
  void vfma(int sum, int a, int b) {
    emit(FMA, sum, a, b);
  }

  /** {@code sum += a * b}, b one float for all lanes; 512 bits only. */
  void vfmaBroadcast(int sum, int a, Mem b) {
    broadcast(FMA, sum, a, b);
  }

  /** {@code to = a * b}, b one float for all lanes; 512 bits only. */
  void vmultiplyBroadcast(int to, int a, Mem b) {
    broadcast(MULTIPLY, to, a, b);
  }

  /** {@code to = to * a + b}, rounded once. */
  void vmultiplyAdd(int to, int a, Mem b) {
    emit(MULTIPLY_FIRST, to, a, b, isa.bytes());
  }

  private void broadcast(Op op, int reg, int second, Mem rm) {
    evex(op, reg, second, rm.base(), 0, true);
    put(op.opcode());
    memory(reg, rm, Float.BYTES);
  }

  /** One float for all lanes. */
  void vbroadcast(int to, Mem from) {
    emit(BROADCAST, to, 0, from, Float.BYTES);
  }

  /** The low lane of {@code from} for all lanes. */
  void vbroadcast(int to, int from) {
    emit(BROADCAST, to, 0, from);
  }

  private Assembler emit(Op op, int reg, int second, int rm) {
    if (isa == Isa.AVX512) {
      evex(op, reg, second, rm, rm >> 4, false);
    } else {
      vex(op.map(), op.prefix(), op.opcode(), true, reg, second, rm, 0);
      return put(0xC0 | (reg & 7) << 3 | rm & 7);
    }
    return put(op.opcode(), 0xC0 | (reg & 7) << 3 | rm & 7);
  }

  private void emit(Op op, int reg, int second, Mem rm, int unit) {
    if (isa == Isa.AVX512) {
      evex(op, reg, second, rm.base(), 0, false);
      put(op.opcode());
      memory(reg, rm, unit);
    } else {
      vex(op.map(), op.prefix(), op.opcode(), true, reg, second, rm.base(), 0);
      memory(reg, rm, 1);
    }
  }

  /**
   * The EVEX prefix at 512 bits: extra register bits are stored inverted.
   *
   * @param rmHigh bit 4 of a register in the place of rm
   */
  private void evex(Op op, int reg, int second, int rm, int rmHigh, boolean broadcast) {
    put(
        0x62,
        (~reg >> 3 & 1) << 7
            | (~rmHigh & 1) << 6
            | (~rm >> 3 & 1) << 5
            | (~reg >> 4 & 1) << 4
            | op.map(),
        (~second & 15) << 3 | 4 | op.prefix(),
        2 << 5 | (broadcast ? 1 << 4 : 0) | (~second >> 4 & 1) << 3);
  }

  /** The VEX prefix, of two bytes where that is enough, and the opcode. */
  private void vex(
      int map, int prefix, int opcode, boolean wide, int reg, int second, int rm, int w) {
    int last = (~second & 15) << 3 | (wide ? 4 : 0) | prefix;
    int notReg = (~reg >> 3 & 1) << 7;
    if (map == 1 && rm < 8 && w == 0) {
      put(0xC5, notReg | last, opcode);
    } else {
      put(0xC4, notReg | 0x40 | (~rm >> 3 & 1) << 5 | map, w << 7 | last, opcode);
    }
  }

  /**
   * ModRM, SIB where the base needs it, and displacement.
   *
   * @param unit bytes that one step of a short displacement stands for
   */
  private void memory(int reg, Mem mem, int unit) {
    int base = mem.base() & 7;
    int field = (reg & 7) << 3 | base;
    int disp = mem.disp();
    boolean near = disp % unit == 0 && disp / unit == (byte) (disp / unit);
    int mode = disp == 0 && base != RBP ? 0 : near ? 0x40 : 0x80;
    put(mode | field);
    if (base == RSP) {
      put(0x24);
    }
    if (mode == 0x40) {
      put(disp / unit);
    } else if (mode == 0x80) {
      put32(disp);
    }
  }
}
