package dev.tangram.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Writes and reads the keys and values of one head and position in any {@link KvType}, element by
 * element. Every tier writes with it, so that all round alike; the reference reads with it too.
 */
public final class KvRows {
  private static final int BLOCK = KvMemory.BLOCK_LENGTH;
  private static final float HALF_MAX = 65504;
  private static final ValueLayout.OfFloat F32 =
      ValueLayout.JAVA_FLOAT.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort F16 =
      ValueLayout.JAVA_SHORT.withOrder(ByteOrder.LITTLE_ENDIAN);

  private KvRows() {}

  /**
   * Stores k[kAt, S] and v[vAt, S] as position {@code slot} of a block.
   *
   * @param memory the block's slab
   */
  public static void store(
      KvMemory kv,
      MemorySegment memory,
      int block,
      int head,
      int slot,
      float[] k,
      float[] v,
      int at) {
    int size = kv.headSize();
    KvType type = kv.type();
    long keys = kv.offset(block, head);
    long values = keys + type.keyBytes(size);
    long scales = type.scaleBytes(size);
    switch (type) {
      case F32 -> {
        for (int s = 0; s < size; s++) {
          memory.set(F32, keys + (s * BLOCK + slot) * 4L, k[at + s]);
          memory.set(F32, values + ((long) slot * size + s) * 4, v[at + s]);
        }
      }
      case F16 -> {
        long row = values + 2L * slot * type.rowLength(size);
        for (int s = 0; s < size; s++) {
          memory.set(F16, keys + (s * BLOCK + slot) * 2L, half(k[at + s]));
          memory.set(F16, row + 2L * s, half(v[at + s]));
        }
      }
      case Q8_0 -> {
        long row = values + scales + (long) slot * type.rowLength(size);
        int groups = type.groups(size);
        for (int g = 0; g < groups; g++) {
          int from = g * KvType.GROUP;
          int count = Math.min(KvType.GROUP, size - from);
          float scale = scale(k, at + from, count);
          memory.set(F32, keys + (g * BLOCK + slot) * 4L, scale);
          for (int s = from; s < from + count; s++) {
            memory.set(
                ValueLayout.JAVA_BYTE,
                keys + scales + (long) s * BLOCK + slot,
                quant(k[at + s], scale));
          }
          scale = scale(v, at + from, count);
          memory.set(F32, values + ((long) slot * groups + g) * 4, scale);
          for (int s = from; s < from + count; s++) {
            memory.set(ValueLayout.JAVA_BYTE, row + s, quant(v[at + s], scale));
          }
        }
      }
    }
  }

  private static short half(float x) {
    // A NaN stays one: what is broken shall be seen.
    return Float.floatToFloat16(Math.clamp(x, -HALF_MAX, HALF_MAX));
  }

  private static float scale(float[] x, int at, int count) {
    float most = 0;
    for (int i = at; i < at + count; i++) {
      most = Math.max(most, Math.abs(x[i]));
    }
    return most / 127;
  }

  private static byte quant(float x, float scale) {
    return scale == 0 ? 0 : (byte) Math.clamp(Math.round(x / scale), -127, 127);
  }

  /** Element {@code s} of the key at position {@code slot} of a block. */
  public static float key(KvMemory kv, MemorySegment memory, int block, int head, int slot, int s) {
    long keys = kv.offset(block, head);
    long i = (long) s * BLOCK + slot;
    return switch (kv.type()) {
      case F32 -> memory.get(F32, keys + 4 * i);
      case F16 -> Float.float16ToFloat(memory.get(F16, keys + 2 * i));
      case Q8_0 ->
          memory.get(F32, keys + (s / KvType.GROUP * BLOCK + slot) * 4L)
              * memory.get(ValueLayout.JAVA_BYTE, keys + kv.type().scaleBytes(kv.headSize()) + i);
    };
  }

  /** Element {@code s} of the value at position {@code slot} of a block. */
  public static float value(
      KvMemory kv, MemorySegment memory, int block, int head, int slot, int s) {
    KvType type = kv.type();
    int size = kv.headSize();
    long values = kv.offset(block, head) + type.keyBytes(size);
    long i = (long) slot * type.rowLength(size) + s;
    return switch (type) {
      case F32 -> memory.get(F32, values + 4 * i);
      case F16 -> Float.float16ToFloat(memory.get(F16, values + 2 * i));
      case Q8_0 ->
          memory.get(F32, values + ((long) slot * type.groups(size) + s / KvType.GROUP) * 4)
              * memory.get(ValueLayout.JAVA_BYTE, values + type.scaleBytes(size) + i);
    };
  }
}
