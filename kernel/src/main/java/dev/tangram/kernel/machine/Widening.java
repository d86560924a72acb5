package dev.tangram.kernel.machine;

import dev.tangram.kernel.KvMemory;
import dev.tangram.kernel.KvType;
import dev.tangram.kernel.machine.x86.BlockCode;
import dev.tangram.kernel.vector.BlockReader;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.util.Objects;
import java.util.Random;
import java.util.function.IntUnaryOperator;

/**
 * Stored keys and values as floats, by code for x86-64: {@code vcvtph2ps}, which the Vector API has
 * no word for, and bytes that become scaled floats in one pass. Extents are checked here, before
 * each call: the code itself believes what it is told.
 */
final class Widening implements BlockReader {
  private static final Logger LOGGER = System.getLogger(Widening.class.getName());
  private static final int BLOCK = KvMemory.BLOCK_LENGTH;
  private static final long ROW = (long) BLOCK * Float.BYTES;

  private final MemorySegment halves;
  private final MemorySegment keys;
  private final MemorySegment values;

  /**
   * @throws UnsupportedOperationException if the system gives no executable memory
   */
  Widening(Isa isa, Arena arena) {
    halves = ExecutableMemory.of(BlockCode.halves(isa), arena);
    keys = ExecutableMemory.of(BlockCode.keys(isa), arena);
    values = ExecutableMemory.of(BlockCode.values(isa), arena);
  }

  /** The code for an instruction set that is here, or the vector tier's and a warning. */
  static BlockReader triedOut(Isa isa, Arena arena) {
    String obstacle;
    try {
      if (Cpu.widensHalves(isa)) {
        Widening code = new Widening(isa, arena);
        obstacle = code.difference();
        if (obstacle == null) {
          return code;
        }
      } else {
        obstacle = "the processor has no F16C";
      }
    } catch (UnsupportedOperationException e) {
      obstacle = e.getMessage();
    }
    LOGGER.log(
        Level.WARNING,
        "machine code for keys and values is not used, slower code reads them: {0}",
        obstacle);
    return BlockReader.VECTOR;
  }

  @Override
  public void halves(MemorySegment memory, long at, int count, MemorySegment out) {
    int rounds = count / BLOCK;
    if (rounds * BLOCK != count) {
      throw new IllegalArgumentException("halves: found %d, allowed: by 16".formatted(count));
    }
    call(halves, memory, at, (long) count * Short.BYTES, out, rounds * ROW, rounds, 0, 0);
  }

  @Override
  public void keys(MemorySegment memory, long scales, long quants, int rows, MemorySegment out) {
    Objects.checkFromIndexSize(scales, Math.ceilDiv(rows, KvType.GROUP) * ROW, memory.byteSize());
    int whole = rows / KvType.GROUP;
    int most = whole * KvType.GROUP;
    long first = memory.address() + scales;
    long bytes = (long) most * BLOCK;
    call(keys, memory, quants, bytes, out, most * ROW, whole, first, KvType.GROUP);
    int rest = rows - most;
    if (rest > 0) {
      MemorySegment to = out.asSlice(most * ROW);
      first += whole * ROW;
      call(keys, memory, quants + bytes, (long) rest * BLOCK, to, rest * ROW, 1, first, rest);
    }
  }

  @Override
  public void values(
      MemorySegment memory, long scales, long quants, int groups, MemorySegment out) {
    Objects.checkFromIndexSize(scales, (long) groups * Float.BYTES, memory.byteSize());
    long bytes = (long) groups * KvType.GROUP;
    long first = memory.address() + scales;
    call(values, memory, quants, bytes, out, bytes * Float.BYTES, groups, first, 0);
  }

  private static void call(
      MemorySegment code,
      MemorySegment memory,
      long at,
      long bytes,
      MemorySegment out,
      long outBytes,
      int rounds,
      long scales,
      int rows) {
    Objects.checkFromIndexSize(at, bytes, memory.byteSize());
    Objects.checkFromIndexSize(0, outBytes, out.byteSize());
    if (!memory.isNative() || !out.isNative()) {
      throw new IllegalArgumentException("keys and values are off-heap");
    }
    if (rounds > 0) {
      Words.call(code, memory.address() + at, out.address(), rounds, scales, rows);
    }
    Reference.reachabilityFence(memory);
    Reference.reachabilityFence(out);
  }

  /** Where the first result differs from what one number at a time gives, or null. */
  private String difference() {
    try (Arena scratch = Arena.ofConfined()) {
      String found = differenceOfHalves(scratch);
      return found == null ? differenceOfBytes(scratch) : found;
    }
  }

  /** Each 32nd half and then some: all exponents and signs. */
  private String differenceOfHalves(Arena scratch) {
    int count = 1 << 11;
    MemorySegment from = scratch.allocate((long) count * Short.BYTES, 64);
    MemorySegment to = scratch.allocate((long) count * Float.BYTES, 64);
    for (int i = 0; i < count; i++) {
      from.setAtIndex(ValueLayout.JAVA_SHORT, i, (short) (i * 33));
    }
    halves(from, 0, count, to);
    for (int i = 0; i < count; i++) {
      float expected = Float.float16ToFloat((short) (i * 33));
      float found = to.getAtIndex(ValueLayout.JAVA_FLOAT, i);
      if (Float.floatToIntBits(found) != Float.floatToIntBits(expected)) {
        return "half %04x: %s for %s".formatted(i * 33 & 0xFFFF, found, expected);
      }
    }
    return null;
  }

  /** One group of 32 rows and part of another; some groups of values. */
  private String differenceOfBytes(Arena scratch) {
    int rows = KvType.GROUP + 5;
    int count = rows * BLOCK;
    Random random = new Random(1);
    MemorySegment from = scratch.allocate(2 * ROW + count, 64);
    MemorySegment to = scratch.allocate((long) count * Float.BYTES, 64);
    for (int i = 0; i < 2 * BLOCK; i++) {
      from.setAtIndex(ValueLayout.JAVA_FLOAT, i, random.nextFloat());
    }
    for (int i = 0; i < count; i++) {
      from.set(ValueLayout.JAVA_BYTE, 2 * ROW + i, (byte) (i * 7));
    }
    keys(from, 0, 2 * ROW, rows, to);
    String found =
        difference("key", from, to, count, i -> i / (KvType.GROUP * BLOCK) * BLOCK + i % BLOCK);
    int groups = count / KvType.GROUP;
    values(from, 0, 2 * ROW, groups, to);
    return found != null
        ? found
        : difference("value", from, to, groups * KvType.GROUP, i -> i / KvType.GROUP);
  }

  private static String difference(
      String what, MemorySegment from, MemorySegment to, int count, IntUnaryOperator scaleOf) {
    for (int i = 0; i < count; i++) {
      float scale = from.getAtIndex(ValueLayout.JAVA_FLOAT, scaleOf.applyAsInt(i));
      float expected = from.get(ValueLayout.JAVA_BYTE, 2 * ROW + i) * scale;
      float found = to.getAtIndex(ValueLayout.JAVA_FLOAT, i);
      if (Float.floatToIntBits(found) != Float.floatToIntBits(expected)) {
        return "%s %d: %s for %s".formatted(what, i, found, expected);
      }
    }
    return null;
  }
}
