package dev.tangram.kernel.vector;

import static dev.tangram.kernel.vector.Lanes.COUNT;

import dev.tangram.kernel.KvMemory;
import dev.tangram.kernel.KvType;
import java.lang.foreign.MemorySegment;

/** By the Vector API: {@link AttentionLoops}. f16 and q8_0 blocks become floats before. */
final class RegisterPass implements RunPass {
  private static final int BLOCK = KvMemory.BLOCK_LENGTH;
  private static final int RUN = AttentionTile.RUN;
  private static final int FOUR = AttentionTile.FOUR;

  @Override
  public void keys(AttentionTile tile, int start, int least, int most) {
    KvMemory kv = tile.kv();
    for (int j = least / BLOCK * BLOCK; j < most; j += BLOCK) {
      int block = tile.block(start + j);
      MemorySegment memory = tile.memory(block);
      long keys = tile.keys(block);
      if (kv.type() != KvType.F32) {
        memory = Unpacked.keys(kv, memory, keys, tile.reader());
        keys = 0;
      }
      block(tile, memory, keys, j);
    }
  }

  private static void block(AttentionTile tile, MemorySegment memory, long keys, int j) {
    int size = tile.size();
    float scale = tile.scale();
    float[] q = tile.q();
    float[] scores = tile.scores();
    int padded = tile.padded();
    int i = 0;
    for (; i + 2 * FOUR <= padded; i += 2 * FOUR) {
      if (tile.seen(i, 2 * FOUR, j)) {
        for (int slot = 0; slot < BLOCK; slot += COUNT) {
          int to = i * RUN + j + slot;
          AttentionLoops.scores8(
              memory, keys + slot * 4L, size, q, i * size, scale, scores, to, RUN);
        }
      }
    }
    if (i < padded && tile.seen(i, FOUR, j)) {
      for (int slot = 0; slot < BLOCK; slot += COUNT) {
        int to = i * RUN + j + slot;
        AttentionLoops.scores4(memory, keys + slot * 4L, size, q, i * size, scale, scores, to, RUN);
      }
    }
  }

  @Override
  public void values(AttentionTile tile, int start, int least, int most, float[] parts, int at) {
    KvMemory kv = tile.kv();
    int size = tile.size();
    for (int j = least / BLOCK * BLOCK; j < most; j += BLOCK) {
      int block = tile.block(start + j);
      MemorySegment memory = tile.memory(block);
      long values = tile.keys(block) + kv.type().keyBytes(size);
      int first = Math.max(0, least - j);
      int last = Math.min(BLOCK, most - j);
      // Positions that nobody sees may hold anything, NaN too, which no share of 0 makes 0.
      if (kv.type() != KvType.F32 || first > 0 || last < BLOCK) {
        memory = Unpacked.values(kv, memory, tile.keys(block), first, last, tile.reader());
        values = 0;
      }
      for (int i = 0; i < tile.queries(); ) {
        // Two queries and two copies are done as soon as the two; one alone is not.
        int count = i + FOUR <= tile.padded() && i + 1 < tile.queries() ? FOUR : 1;
        if (tile.seen(i, count, j)) {
          int to = at + i * tile.partLength();
          if (count == FOUR) {
            four(tile, memory, values, i * RUN + j, parts, to);
          } else {
            one(tile, memory, values, i * RUN + j, parts, to, 0);
          }
        }
        i += count;
      }
    }
  }

  private static long step(AttentionTile tile) {
    return 4L * tile.kv().type().rowLength(tile.size());
  }

  private static void four(
      AttentionTile tile, MemorySegment memory, long values, int shares, float[] parts, int to) {
    int length = tile.partLength();
    int size = tile.size();
    long step = step(tile);
    int s = 0;
    for (; s + 2 * COUNT <= size; s += 2 * COUNT) {
      AttentionLoops.values4(
          memory, values + s * 4L, step, tile.scores(), shares, RUN, parts, to + s, length);
    }
    for (int i = 0; s < size && i < FOUR; i++) {
      one(tile, memory, values, shares + i * RUN, parts, to + i * length, s);
    }
  }

  /** One query, from element s of the head on. */
  private static void one(
      AttentionTile tile,
      MemorySegment memory,
      long values,
      int shares,
      float[] parts,
      int to,
      int s) {
    int size = tile.size();
    long step = step(tile);
    for (; s + COUNT <= size; s += COUNT) {
      AttentionLoops.values1(memory, values + s * 4L, step, tile.scores(), shares, parts, to + s);
    }
    for (; s < size; s++) {
      AttentionLoops.valuesElement(
          memory, values + s * 4L, step, tile.scores(), shares, parts, to + s);
    }
  }
}
