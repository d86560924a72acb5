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

  /** At least 64 bits, the narrowest there are: with 4 lanes one load fills two registers. */
  private static final VectorSpecies<Byte> BYTES =
      VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, 8 * COUNT)));

  private static final int PARTS = BYTES.length() / COUNT;

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
  static MemorySegment keys(KvMemory kv, MemorySegment memory, long at) {
    MemorySegment out = scratchFor(kv);
    int size = kv.headSize();
    if (kv.type() == KvType.F16) {
      halves(memory, at, size * BLOCK, out);
      return out;
    }
    long quants = at + kv.type().scaleBytes(size);
    for (int s = 0; s < size; s++, quants += BLOCK) {
      long scales = at + s / KvType.GROUP * BLOCK * 4L;
      for (int slot = 0; slot < BLOCK; slot += BYTES.length()) {
        ByteVector bytes = ByteVector.fromMemorySegment(BYTES, memory, quants + slot, ORDER);
        for (int part = 0; part < PARTS; part++) {
          long lane = (slot + part * COUNT) * 4L;
          floats(bytes, part)
              .mul(FloatVector.fromMemorySegment(F, memory, scales + lane, ORDER))
              .intoMemorySegment(out, s * BLOCK * 4L + lane, ORDER);
        }
      }
    }
    return out;
  }

  /**
   * Rows {@code first} to {@code first + count} of values, each {@link KvType#rowLength} long, of
   * the block whose keys start at {@code at}. What pads a row means nothing.
   */
  static MemorySegment values(KvMemory kv, MemorySegment memory, long at, int first, int count) {
    MemorySegment out = scratchFor(kv);
    int size = kv.headSize();
    KvType type = kv.type();
    int row = type.rowLength(size);
    long values = at + type.keyBytes(size);
    if (type == KvType.F16) {
      halves(memory, values + 2L * first * row, count * row, out);
      return out;
    }
    int groups = row / KvType.GROUP;
    long scales = values + (long) first * groups * 4;
    long quants = values + type.scaleBytes(size) + (long) first * row;
    for (int g = 0; g < count * groups; g++) {
      FloatVector scale = FloatVector.broadcast(F, memory.get(FLOAT, scales + g * 4L));
      long from = (long) g * KvType.GROUP;
      for (int i = 0; i < KvType.GROUP; i += BYTES.length()) {
        ByteVector bytes = ByteVector.fromMemorySegment(BYTES, memory, quants + from + i, ORDER);
        for (int part = 0; part < PARTS; part++) {
          floats(bytes, part)
              .mul(scale)
              .intoMemorySegment(out, (from + i + part * COUNT) * 4, ORDER);
        }
      }
    }
    return out;
  }

  private static FloatVector floats(ByteVector bytes, int part) {
    return (FloatVector) bytes.convertShape(VectorOperators.B2F, F, part);
  }

  private static void halves(MemorySegment memory, long at, int count, MemorySegment out) {
    for (int i = 0; i < count; i += COUNT) {
      ShortVector bits = ShortVector.fromMemorySegment(HALVES, memory, at + 2L * i, ORDER);
      IntVector words = (IntVector) bits.convertShape(VectorOperators.ZERO_EXTEND_S2I, I, 0);
      // Infinity is never stored, so this exponent says NaN.
      Scales.half(words)
          .blend(Float.NaN, words.and(0x7C00).eq(0x7C00).cast(F))
          .intoMemorySegment(out, 4L * i, ORDER);
    }
  }
}
