package dev.tangram.kernel.machine.arm;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes the AArch64 instructions that this package needs, and no others: encodings are those of
 * the GNU assembler, and a test compares them byte for byte. An instruction is one word.
 *
 * <p>Operands are register numbers, 0 to 31: general ones x0 to x30 and, as an address, {@link
 * #SP}; vector ones v0 to v31, of four lanes of 32 bits unless said otherwise.
 */
final class Assembler {
  /** The stack pointer, where an instruction takes an address. */
  static final int SP = 31;

  /** An operand in memory: {@code [base + disp]}. */
  record Mem(int base, int disp) {}

  /** A place in the code that branches go back to. */
  record Label(int at) {}

  /** Constants that stand behind the code, and the instructions that load them. */
  private record Literal(byte[] value, int use) {}

  private final List<Literal> literals = new ArrayList<>();
  private int[] code = new int[1 << 10];
  private int words;

  /** What was written, and its constants. */
  byte[] bytes() {
    Map<byte[], Integer> places = new IdentityHashMap<>();
    for (Literal literal : literals) {
      int place = places.computeIfAbsent(literal.value(), _ -> words + 4 * places.size());
      code[literal.use()] |= ahead(place - literal.use());
    }
    ByteBuffer bytes =
        ByteBuffer.allocate(words * Integer.BYTES + 16 * places.size())
            .order(ByteOrder.LITTLE_ENDIAN);
    bytes.asIntBuffer().put(code, 0, words);
    places.forEach((value, place) -> bytes.put(place * Integer.BYTES, value));
    return bytes.array();
  }

  private void put(int word) {
    if (words == code.length) {
      code = Arrays.copyOf(code, 2 * words);
    }
    code[words++] = word;
  }

  private void put(int opcode, int d, int n, int m) {
    put(opcode | m << 16 | n << 5 | d);
  }

  /** An offset in units of {@code 2^scale} bytes. */
  private static int scaled(int disp, int scale, int bits) {
    int units = disp >> scale;
    if (units << scale != disp || units < 0 || units >= 1 << bits) {
      throw new IllegalArgumentException("no offset of %d here".formatted(disp));
    }
    return units;
  }

  // General registers, 64 bits wide.

  void ret() {
    put(0xD65F03C0);
  }

  /** {@code to = from}; neither is the stack pointer. */
  void mov(int to, int from) {
    put(0xAA0003E0, to, 0, from);
  }

  /** The low half of {@code to} becomes {@code value}; the rest becomes zero. */
  void movz(int to, int value) {
    put(0x52800000 | value << 5 | to);
  }

  /** Bits 16 to 31 of {@code to} become {@code value}. */
  void movk(int to, int value) {
    put(0x72A00000 | value << 5 | to);
  }

  /** {@code to = value}, 32 bits, zero-extended. */
  void movImmediate(int to, int value) {
    movz(to, value & 0xFFFF);
    if (value >>> 16 != 0) {
      movk(to, value >>> 16);
    }
  }

  /** {@code to = a + b}. */
  void add(int to, int a, int b) {
    put(0x8B000000, to, a, b);
  }

  /** {@code to = from + value}; below 4096, or a multiple of 4096 below 2^24. */
  void addImmediate(int to, int from, int value) {
    put(0x91000000 | immediate(value), to, from, 0);
  }

  /** {@code to = from - value}; likewise. */
  void subtractImmediate(int to, int from, int value) {
    put(0xD1000000 | immediate(value), to, from, 0);
  }

  /** {@code to = from - value}, and the flags of it. */
  void subtractsImmediate(int to, int from, int value) {
    put(0xF1000000 | immediate(value), to, from, 0);
  }

  private static int immediate(int value) {
    return value < 1 << 12 ? scaled(value, 0, 12) << 10 : 1 << 22 | scaled(value, 12, 12) << 10;
  }

  /** The flags of {@code from & (2^bits - 1)}. */
  void testLowBits(int from, int bits) {
    put(0xF2400000 | bits - 1 << 10, 31, from, 0);
  }

  /** {@code to = memory}, 64 bits. */
  void load(int to, Mem from) {
    put(0xF9400000 | scaled(from.disp(), 3, 12) << 10, to, from.base(), 0);
  }

  /** Here. */
  Label label() {
    return new Label(words);
  }

  /** Goes back to a label if the flags are of a result that was not zero. */
  void branchIfNotZero(Label label) {
    put(0x54000001 | (label.at() - words & 0x7FFFF) << 5);
  }

  /** Goes back to a label if the flags are of a result above zero. */
  void branchIfGreater(Label label) {
    put(0x5400000C | (label.at() - words & 0x7FFFF) << 5);
  }

  /** Skips {@code instructions} if the flags are of a result that was not zero. */
  void skipIfNotZero(int instructions) {
    put(0x54000001 | instructions + 1 << 5);
  }

  /** Brings a line to the second-level cache; an address that is not mapped does no harm. */
  void prefetchL2(Mem at) {
    put(0xF9800000 | scaled(at.disp(), 3, 12) << 10, 2, at.base(), 0);
  }

  // Caches.

  /** Writes the data cache's line at an address back to where instructions are fetched from. */
  void cleanDataLine(int address) {
    put(0xD50B7B20 | address);
  }

  /** Forgets the instruction cache's line at an address, on all processors. */
  void invalidateInstructionLine(int address) {
    put(0xD50B7520 | address);
  }

  /** Waits until what was done to memory and caches is seen by all processors. */
  void dataBarrier() {
    put(0xD5033B9F);
  }

  /** Fetches anew what follows. */
  void instructionBarrier() {
    put(0xD5033FDF);
  }

  // Vectors, from and to memory.

  /** 16 bytes; the offset is a multiple of 16 from 0 on, or any from -256 to 255. */
  void vload(int to, Mem from) {
    if ((from.disp() & 15) == 0 && from.disp() >= 0) {
      put(0x3DC00000 | scaled(from.disp(), 4, 12) << 10, to, from.base(), 0);
    } else if (from.disp() >= -256 && from.disp() < 256) {
      put(0x3CC00000 | (from.disp() & 0x1FF) << 12, to, from.base(), 0);
    } else {
      throw new IllegalArgumentException("no offset of %d here".formatted(from.disp()));
    }
  }

  /** 8 bytes; the upper lanes become zero. */
  void vloadHalf(int to, Mem from) {
    put(0xFD400000 | scaled(from.disp(), 3, 12) << 10, to, from.base(), 0);
  }

  /** 4 bytes; the upper lanes become zero. */
  void vloadLane(int to, Mem from) {
    put(0xBD400000 | scaled(from.disp(), 2, 12) << 10, to, from.base(), 0);
  }

  /** 16 bytes that stand {@code instructions} further on. */
  void vloadAhead(int to, int instructions) {
    put(0x9C000000 | ahead(instructions) | to);
  }

  private static int ahead(int instructions) {
    return scaled(instructions, 0, 18) << 5;
  }

  /**
   * 16 constant bytes. They are read when the code is finished, and one array is stored once,
   * however often it is loaded.
   */
  void vliteral(int to, byte[] value) {
    literals.add(new Literal(value, words));
    vloadAhead(to, 0);
  }

  void vstore(Mem to, int from) {
    put(0x3D800000 | scaled(to.disp(), 4, 12) << 10, from, to.base(), 0);
  }

  /** Stores the low 8 bytes of two registers side by side; the offset is below 512. */
  void vstorePair(Mem to, int first, int second) {
    put(0x6D000000 | scaled(to.disp(), 3, 6) << 15 | second << 10, first, to.base(), 0);
  }

  void vloadPair(int first, int second, Mem from) {
    put(0x6D400000 | scaled(from.disp(), 3, 6) << 15 | second << 10, first, from.base(), 0);
  }

  // Vectors, bits and integers.

  /** The low 32 bits of a general register in all lanes. */
  void vbroadcast(int to, int general) {
    put(0x4E040C00, to, general, 0);
  }

  /** One lane in all lanes. */
  void vbroadcastLane(int to, int from, int lane) {
    put(0x4E040400 | lane << 19, to, from, 0);
  }

  /** A value from 0 to 255 in all lanes. */
  void vsmall(int to, int value) {
    put(0x4F000400 | value >> 5 << 16 | (value & 31) << 5 | to);
  }

  /** A value from 0 to 255 in all 16 bytes. */
  void vbytes(int to, int value) {
    put(0x4F00E400 | value >> 5 << 16 | (value & 31) << 5 | to);
  }

  void vand(int to, int a, int b) {
    put(0x4E201C00, to, a, b);
  }

  void vor(int to, int a, int b) {
    put(0x4EA01C00, to, a, b);
  }

  void vxor(int to, int a, int b) {
    put(0x6E201C00, to, a, b);
  }

  /** Each lane {@code to = from << count}. */
  void vshiftLeft(int to, int from, int count) {
    put(0x4F005400 | 32 + count << 16, to, from, 0);
  }

  /** Each of 8 halves {@code to = from << count}. */
  void vshiftLeftHalves(int to, int from, int count) {
    put(0x4F005400 | 16 + count << 16, to, from, 0);
  }

  /** Each lane {@code to = from >>> count}; count is not 0. */
  void vshiftRight(int to, int from, int count) {
    put(0x6F000400 | 64 - count << 16, to, from, 0);
  }

  /** Each lane {@code to = from >> count}, with the sign; count is not 0. */
  void vshiftRightSigned(int to, int from, int count) {
    put(0x4F000400 | 64 - count << 16, to, from, 0);
  }

  /** Each of 8 halves {@code to = from >>> count}; count is not 0. */
  void vshiftRightHalves(int to, int from, int count) {
    put(0x6F000400 | 32 - count << 16, to, from, 0);
  }

  /** Each of 16 bytes {@code to = from >>> count}; count is not 0. */
  void vshiftRightBytes(int to, int from, int count) {
    put(0x6F000400 | 16 - count << 16, to, from, 0);
  }

  void vaddIntegers(int to, int a, int b) {
    put(0x4EA08400, to, a, b);
  }

  /**
   * {@code sum += the products of four signed bytes} of each lane of a with the four of one lane of
   * b; dotprod.
   */
  void vdot(int sum, int a, int b, int lane) {
    put(0x4F80E000 | lane(lane), sum, a, b);
  }

  /** As {@link #vdot}, of unsigned bytes. */
  void vdotUnsigned(int sum, int a, int b, int lane) {
    put(0x6F80E000 | lane(lane), sum, a, b);
  }

  /** The sum of all lanes in the lowest one; the others become zero. */
  void vsum(int to, int from) {
    put(0x4EB1B800, to, from, 0);
  }

  /** Each byte {@code to = table[index]}, the table being four registers from {@code table} on. */
  void vselect(int to, int table, int index) {
    put(0x4E006000, to, table, index);
  }

  // Vectors, floats.

  /** Signed integers to floats. */
  void vfloats(int to, int from) {
    put(0x4E21D800, to, from, 0);
  }

  void vnegate(int to, int from) {
    put(0x6EA0F800, to, from, 0);
  }

  void vadd(int to, int a, int b) {
    put(0x4E20D400, to, a, b);
  }

  void vmultiply(int to, int a, int b) {
    put(0x6E20DC00, to, a, b);
  }

  /** {@code to = a * b}, b one lane for all. */
  void vmultiply(int to, int a, int b, int lane) {
    put(0x4F809000 | lane(lane), to, a, b);
  }

  /** {@code sum += a * b}, rounded once. */
  void vfma(int sum, int a, int b) {
    put(0x4E20CC00, sum, a, b);
  }

  /** {@code sum += a * b}, rounded once, b one lane for all. */
  void vfma(int sum, int a, int b, int lane) {
    put(0x4F801000 | lane(lane), sum, a, b);
  }

  private static int lane(int lane) {
    return (lane & 1) << 21 | lane >> 1 << 11;
  }
}
