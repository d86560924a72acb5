package dev.tangram.kernel.vector;

import static dev.tangram.kernel.vector.Lanes.COUNT;
import static dev.tangram.kernel.vector.Lanes.F;
import static dev.tangram.kernel.vector.Lanes.I;
import static dev.tangram.kernel.vector.Lanes.ORDER;

import dev.tangram.kernel.KvMemory;
import dev.tangram.kernel.KvType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.stream.IntStream;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The keys or the values of one head's block as f32, in a scratch of the calling thread that the
 * next call overwrites. Both are small enough for the first-level cache.
 *
 * <p>Numerics: exactly the numbers that {@link dev.tangram.kernel.KvRows} reads.
 */
final class Unpacked {
  private static final int BLOCK = KvMemory.BLOCK_LENGTH;

  static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT.withOrder(ORDER);

  private static final VectorSpecies<Short> HALVES =
      VectorSpecies.of(short.class, VectorShape.forBitSize(16 * COUNT));

  /** At least 64 bits, the narrowest there are: four lanes' bytes come as one word. */
  private static final VectorSpecies<Byte> BYTES =
      VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, 8 * COUNT)));

  private static final ValueLayout.OfInt WORD = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ORDER);

  /** Shifts that bring byte i to the top of lane i. */
  private static final IntVector TO_TOP =
      IntVector.fromArray(I, IntStream.range(0, COUNT).map(i -> 24 - 8 * i).toArray(), 0);

  /** Native, as KV memory is: loads that meet two kinds of memory are slower. */
  private static final ThreadLocal<MemorySegment> SCRATCH =
      ThreadLocal.withInitial(() -> scratch(256));

  private Unpacked() {}

  private static MemorySegment scratch(int rowLength) {
    return Arena.ofAuto().allocate((long) rowLength * BLOCK * Float.BYTES, 64);
  }

  private static MemorySegment scratchFor(KvMemory kv) {
    MemorySegment scratch = SCRATCH.get();
    int row = kv.type().rowLength(kv.headSize());
    if (scratch.byteSize() < (long) row * BLOCK * Float.BYTES) {
      scratch = scratch(row);
      SCRATCH.set(scratch);
    }
    return scratch;
  }

  /** Keys [S, B] of the block whose keys start at {@code at}. */
  static MemorySegment keys(KvMemory kv, MemorySegment memory, long at, BlockReader reader) {
    MemorySegment out = scratchFor(kv);
    int size = kv.headSize();
    if (kv.type() == KvType.F16) {
      reader.halves(memory, at, size * BLOCK, out);
    } else {
      reader.keys(memory, at, at + kv.type().scaleBytes(size), size, out);
    }
    return out;
  }

  /** {@link BlockReader#keys}. */
  static void scaledKeys(
      MemorySegment memory, long scales, long quants, int rows, MemorySegment out) {
    floats(memory, quants, rows * BLOCK, out);
    for (int row = 0; row < rows; row++) {
      scaleKeys(memory, scales + row / KvType.GROUP * BLOCK * 4L, out, row * BLOCK * 4L);
    }
  }

  /** One scale for each position. */
  private static void scaleKeys(MemorySegment memory, long scales, MemorySegment out, long to) {
    for (long i = 0; i < BLOCK * 4L; i += COUNT * 4L) {
      FloatVector.fromMemorySegment(F, out, to + i, ORDER)
          .mul(FloatVector.fromMemorySegment(F, memory, scales + i, ORDER))
          .intoMemorySegment(out, to + i, ORDER);
    }
  }

  /**
   * The values, rows {@link KvType#rowLength} long, of the block whose keys start at {@code at};
   * those before row {@code first} and from row {@code last} on are 0. What pads a row means
   * nothing.
   */
  static MemorySegment values(
      KvMemory kv, MemorySegment memory, long at, int first, int last, BlockReader reader) {
    MemorySegment out = scratchFor(kv);
    int size = kv.headSize();
    KvType type = kv.type();
    int row = type.rowLength(size);
    long values = at + type.keyBytes(size);
    switch (type) {
      case F32 -> MemorySegment.copy(memory, values, out, 0, 4L * BLOCK * row);
      case F16 -> reader.halves(memory, values, BLOCK * row, out);
      case Q8_0 -> {
        int groups = BLOCK * (row / KvType.GROUP);
        reader.values(memory, values, values + type.scaleBytes(size), groups, out);
      }
    }
    out.asSlice(0, 4L * first * row).fill((byte) 0);
    out.asSlice(4L * last * row, 4L * (BLOCK - last) * row).fill((byte) 0);
    return out;
  }

  /**
   * The values of a block of f32 or f16 as they are stored, but those before row {@code first} and
   * from row {@code last} on are 0.
   */
  static MemorySegment stored(KvMemory kv, MemorySegment memory, long values, int first, int last) {
    MemorySegment out = scratchFor(kv);
    long bytes = kv.type().valueBytes(kv.headSize());
    long row = bytes / BLOCK;
    out.asSlice(0, first * row).fill((byte) 0);
    MemorySegment.copy(memory, values + first * row, out, first * row, (last - first) * row);
    out.asSlice(last * row, (BLOCK - last) * row).fill((byte) 0);
    return out;
  }

  /** {@link BlockReader#values}. */
  static void scaledValues(
      MemorySegment memory, long scales, long quants, int groups, MemorySegment out) {
    floats(memory, quants, groups * KvType.GROUP, out);
    for (int g = 0; g < groups; g++) {
      scaleValues(memory.get(FLOAT, scales + g * 4L), out, g * KvType.GROUP * 4L);
    }
  }

  private static void scaleValues(float scale, MemorySegment out, long to) {
    for (long i = 0; i < KvType.GROUP * 4L; i += COUNT * 4L) {
      FloatVector.fromMemorySegment(F, out, to + i, ORDER)
          .mul(scale)
          .intoMemorySegment(out, to + i, ORDER);
    }
  }

  /**
   * Quants as floats. In one method: a vector that comes out of one which is not inlined becomes an
   * object.
   */
  private static void floats(MemorySegment memory, long at, int count, MemorySegment out) {
    for (int i = 0; i < count; i += COUNT) {
      if (COUNT == 4) {
        IntVector.broadcast(I, memory.get(WORD, at + i))
            .lanewise(VectorOperators.LSHL, TO_TOP)
            .lanewise(VectorOperators.ASHR, 24)
            .convert(VectorOperators.I2F, 0)
            .intoMemorySegment(out, 4L * i, ORDER);
      } else {
        ByteVector.fromMemorySegment(BYTES, memory, at + i, ORDER)
            .convertShape(VectorOperators.B2I, I, 0)
            .convert(VectorOperators.I2F, 0)
            .intoMemorySegment(out, 4L * i, ORDER);
      }
    }
  }

  /** {@link BlockReader#halves}. */
  static void halves(MemorySegment memory, long at, int count, MemorySegment out) {
    for (int i = 0; i < count; i += COUNT) {
      ShortVector bits = ShortVector.fromMemorySegment(HALVES, memory, at + 2L * i, ORDER);
      IntVector words = (IntVector) bits.convertShape(VectorOperators.ZERO_EXTEND_S2I, I, 0);
      // As in Scales, whose registers would cross a call.
      IntVector magnitude = words.and(0x7FFF).lanewise(VectorOperators.LSHL, 13);
      IntVector sign = words.and(0x8000).lanewise(VectorOperators.LSHL, 16);
      // Infinity is never stored, so this exponent says NaN.
      magnitude
          .reinterpretAsFloats()
          .mul(Scales.EXPONENT)
          .reinterpretAsInts()
          .or(sign)
          .reinterpretAsFloats()
          .blend(Float.NaN, words.and(0x7C00).eq(0x7C00).cast(F))
          .intoMemorySegment(out, 4L * i, ORDER);
    }
  }
}
