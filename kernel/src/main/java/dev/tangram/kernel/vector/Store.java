package dev.tangram.kernel.vector;

import dev.tangram.kernel.KvMemory;
import dev.tangram.kernel.KvRows;
import dev.tangram.kernel.KvType;
import dev.tangram.kernel.Span;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Writes keys and values to their blocks, in the order in which they lie there. */
final class Store {
  private static final int BLOCK = KvMemory.BLOCK_LENGTH;

  private Store() {}

  /** The rows [from, to) of a span. */
  static void run(KvMemory kv, int layer, Span span, int from, int to, float[] k, float[] v) {
    int[] table = kv.table(layer, span);
    for (int i = from; i < to; ) {
      int position = span.position() + i;
      int slot = position % BLOCK;
      int count = Math.min(to - i, BLOCK - slot);
      int block = table[position / BLOCK];
      MemorySegment memory = kv.slabToWrite(layer, block);
      for (int h = 0; h < kv.kvHeads(); h++) {
        int at = ((span.row() + i) * kv.kvHeads() + h) * kv.headSize();
        if (kv.type() == KvType.F32) {
          floats(kv, memory, block, h, slot, count, k, v, at);
        } else {
          for (int j = 0; j < count; j++) {
            KvRows.store(
                kv, memory, block, h, slot + j, k, v, at + j * kv.kvHeads() * kv.headSize());
          }
        }
      }
      i += count;
    }
  }

  /** {@code count} positions of one head in one block; at: where the first one's elements begin. */
  private static void floats(
      KvMemory kv,
      MemorySegment memory,
      int block,
      int head,
      int slot,
      int count,
      float[] k,
      float[] v,
      int at) {
    int size = kv.headSize();
    int step = kv.kvHeads() * size;
    long keys = kv.offset(block, head) + slot * 4L;
    long values = kv.offset(block, head) + ((long) BLOCK + slot) * size * 4L;
    for (int s = 0; s < size; s++, keys += BLOCK * 4L) {
      for (int j = 0; j < count; j++) {
        memory.set(ValueLayout.JAVA_FLOAT, keys + j * 4L, k[at + s + j * step]);
      }
    }
    for (int j = 0; j < count; j++) {
      MemorySegment.copy(
          v, at + j * step, memory, ValueLayout.JAVA_FLOAT, values + (long) j * size * 4, size);
    }
  }
}
