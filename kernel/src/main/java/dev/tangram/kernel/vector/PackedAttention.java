package dev.tangram.kernel.vector;

import static dev.tangram.kernel.vector.Lanes.COUNT;
import static dev.tangram.kernel.vector.Lanes.F;
import static dev.tangram.kernel.vector.Lanes.ORDER;

import dev.tangram.kernel.KvMemory;
import dev.tangram.kernel.Span;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * Attention of one query row and all query heads of a KV head over memory of another type than f32:
 * each block is unpacked once for all of them.
 *
 * <p>Numerics: {@link Attention}'s over the unpacked numbers, bit for bit.
 */
final class PackedAttention {
  private static final int BLOCK = KvMemory.BLOCK_LENGTH;

  /** Scores of one worker by query head, and behind them the inverse of their sum. */
  private static final ThreadLocal<float[][]> SCORES =
      ThreadLocal.withInitial(() -> new float[0][]);

  private PackedAttention() {}

  static void attend(
      KvMemory kv,
      int layer,
      Span span,
      int row,
      int firstHead,
      int group,
      int heads,
      float scale,
      int window,
      float[] q,
      float[] y) {
    int size = kv.headSize();
    int kvHead = firstHead / group;
    int position = span.position() + row;
    int first = (int) Math.max(0, (long) position - window + 1);
    int at = ((span.row() + row) * heads + firstHead) * size;
    int firstBlock = first / BLOCK;
    int length = (position / BLOCK - firstBlock + 1) * BLOCK;
    int[] table = kv.table(layer, span);
    float[][] scores = scores(group, length + 1);
    for (int j = 0; j < length; j += BLOCK) {
      int block = table[firstBlock + j / BLOCK];
      MemorySegment keys = Unpacked.keys(kv, kv.slab(layer, block), kv.offset(block, kvHead));
      for (int head = 0; head < group; head++) {
        for (int slot = 0; slot < BLOCK; slot += COUNT) {
          Attention.score(
              keys, slot * 4L, size, q, at + head * size, scale, scores[head], j + slot);
        }
      }
    }
    int from = first - firstBlock * BLOCK;
    int to = position - firstBlock * BLOCK + 1;
    for (int head = 0; head < group; head++) {
      scores[head][length] = 1 / Attention.softmax(scores[head], from, to, length);
    }
    Arrays.fill(y, at, at + group * size, 0);
    for (int j = from; j < to; ) {
      int end = Math.min(to, (j / BLOCK + 1) * BLOCK);
      int block = table[firstBlock + j / BLOCK];
      MemorySegment values =
          Unpacked.values(kv, kv.slab(layer, block), kv.offset(block, kvHead), j % BLOCK, end - j);
      for (int head = 0; head < group; head++) {
        addRows(kv, values, scores[head], j, end, y, at + head * size);
      }
      j = end;
    }
    for (int head = 0; head < group; head++) {
      float inverse = scores[head][length];
      for (int s = at + head * size; s < at + (head + 1) * size; s++) {
        y[s] *= inverse;
      }
    }
  }

  private static float[][] scores(int group, int length) {
    float[][] scores = SCORES.get();
    if (scores.length < group || scores[0].length < length) {
      int longer = scores.length == 0 ? 1024 : 2 * scores[0].length;
      scores = new float[Math.max(group, scores.length)][Math.max(length, longer)];
      SCORES.set(scores);
    }
    return scores;
  }

  /** The sums wait in y from block to block. */
  private static void addRows(
      KvMemory kv, MemorySegment rows, float[] shares, int from, int to, float[] y, int at) {
    int size = kv.headSize();
    int length = kv.type().rowLength(size);
    int s = 0;
    for (; s + COUNT <= size; s += COUNT) {
      addLanes(rows, s * 4L, length * 4L, shares, from, to, y, at + s);
    }
    for (; s < size; s++) {
      float a = y[at + s];
      for (int j = from; j < to; j++) {
        a = Math.fma(rows.get(Unpacked.FLOAT, ((long) (j - from) * length + s) * 4), shares[j], a);
      }
      y[at + s] = a;
    }
  }

  private static void addLanes(
      MemorySegment rows, long v, long step, float[] shares, int from, int to, float[] y, int at) {
    FloatVector a = FloatVector.fromArray(F, y, at);
    for (int j = from; j < to; j++, v += step) {
      a =
          FloatVector.fromMemorySegment(F, rows, v, ORDER)
              .fma(FloatVector.broadcast(F, shares[j]), a);
    }
    a.intoArray(y, at);
  }
}
