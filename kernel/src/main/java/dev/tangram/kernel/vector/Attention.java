package dev.tangram.kernel.vector;

import static dev.tangram.kernel.vector.Lanes.COUNT;
import static dev.tangram.kernel.vector.Lanes.F;
import static dev.tangram.kernel.vector.Lanes.ORDER;

import dev.tangram.kernel.KvMemory;
import dev.tangram.kernel.Span;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * Attention of one query row and head over block-wise memory of f32, in two passes: all scores,
 * then their softmax and the weighted sum of the values. A block's keys are transposed, so a
 * register of scores needs no sum across lanes.
 *
 * <p>Numerics: depends on the query and on positions 0..p alone, in the order of positions.
 */
final class Attention {
  private static final int BLOCK = KvMemory.BLOCK_LENGTH;

  /** Scores of one worker; grows to the longest context it has seen. */
  private static final ThreadLocal<float[]> SCORES = ThreadLocal.withInitial(() -> new float[1024]);

  private Attention() {}

  static void attend(
      KvMemory kv,
      int layer,
      Span span,
      int row,
      int head,
      int heads,
      float scale,
      int window,
      float[] q,
      float[] y) {
    int size = kv.headSize();
    int kvHead = head / (heads / kv.kvHeads());
    int position = span.position() + row;
    int first = (int) Math.max(0, (long) position - window + 1);
    int at = ((span.row() + row) * heads + head) * size;
    int firstBlock = first / BLOCK;
    int blocks = position / BLOCK - firstBlock + 1;
    int[] table = kv.table(layer, span);
    float[] scores = scores(blocks * BLOCK);
    for (int b = 0; b < blocks; b++) {
      int block = table[firstBlock + b];
      MemorySegment memory = kv.slab(layer, block);
      long keys = kv.offset(block, kvHead);
      for (int slot = 0; slot < BLOCK; slot += COUNT) {
        score(memory, keys + slot * 4L, size, q, at, scale, scores, b * BLOCK + slot);
      }
    }
    int from = first - firstBlock * BLOCK;
    int to = position - firstBlock * BLOCK + 1;
    float inverse = 1 / softmax(scores, from, to, blocks * BLOCK);
    int s = 0;
    for (; s + 4 * COUNT <= size; s += 4 * COUNT) {
      values4(kv, layer, table, kvHead, firstBlock, from, to, scores, inverse, s, y, at + s);
    }
    for (; s + COUNT <= size; s += COUNT) {
      values1(kv, layer, table, kvHead, firstBlock, from, to, scores, inverse, s, y, at + s);
    }
    for (; s < size; s++) {
      valuesOne(kv, layer, table, kvHead, firstBlock, from, to, scores, inverse, s, y, at + s);
    }
  }

  private static float[] scores(int length) {
    float[] scores = SCORES.get();
    if (scores.length < length) {
      scores = new float[Math.max(length, 2 * scores.length)];
      SCORES.set(scores);
    }
    return scores;
  }

  /** One register of positions: four chains over the head hide the latency of the FMA. */
  static void score(
      MemorySegment memory,
      long keys,
      int size,
      float[] q,
      int at,
      float scale,
      float[] scores,
      int to) {
    FloatVector a = FloatVector.zero(F);
    FloatVector b = FloatVector.zero(F);
    FloatVector c = FloatVector.zero(F);
    FloatVector d = FloatVector.zero(F);
    long step = BLOCK * 4L;
    int s = 0;
    for (; s + 4 <= size; s += 4, keys += 4 * step) {
      a =
          FloatVector.fromMemorySegment(F, memory, keys, ORDER)
              .fma(FloatVector.broadcast(F, q[at + s]), a);
      b =
          FloatVector.fromMemorySegment(F, memory, keys + step, ORDER)
              .fma(FloatVector.broadcast(F, q[at + s + 1]), b);
      c =
          FloatVector.fromMemorySegment(F, memory, keys + 2 * step, ORDER)
              .fma(FloatVector.broadcast(F, q[at + s + 2]), c);
      d =
          FloatVector.fromMemorySegment(F, memory, keys + 3 * step, ORDER)
              .fma(FloatVector.broadcast(F, q[at + s + 3]), d);
    }
    for (; s < size; s++, keys += step) {
      a =
          FloatVector.fromMemorySegment(F, memory, keys, ORDER)
              .fma(FloatVector.broadcast(F, q[at + s]), a);
    }
    a.add(b).add(c.add(d)).mul(scale).intoArray(scores, to);
  }

  /**
   * Turns scores [from, to) into unnormalised shares and returns their sum; what lies outside
   * becomes 0.
   */
  static float softmax(float[] scores, int from, int to, int end) {
    // Slots outside may hold anything, NaN too: nobody has written them.
    Arrays.fill(scores, 0, from, Float.NEGATIVE_INFINITY);
    Arrays.fill(scores, to, end, Float.NEGATIVE_INFINITY);
    FloatVector most = FloatVector.broadcast(F, Float.NEGATIVE_INFINITY);
    for (int i = 0; i < end; i += COUNT) {
      most = most.max(FloatVector.fromArray(F, scores, i));
    }
    float top = Float.NEGATIVE_INFINITY;
    for (int lane = 0; lane < COUNT; lane++) {
      top = Math.max(top, most.lane(lane));
    }
    FloatVector sum = FloatVector.zero(F);
    for (int i = 0; i < end; i += COUNT) {
      FloatVector share = Elementwise.exp(FloatVector.fromArray(F, scores, i).sub(top));
      share.intoArray(scores, i);
      sum = sum.add(share);
    }
    float total = 0;
    for (int lane = 0; lane < COUNT; lane++) {
      total += sum.lane(lane);
    }
    return total;
  }

  private static long valuesAt(KvMemory kv, int block, int kvHead) {
    return kv.offset(block, kvHead) + (long) kv.headSize() * BLOCK * 4L;
  }

  private static void values4(
      KvMemory kv,
      int layer,
      int[] table,
      int kvHead,
      int firstBlock,
      int from,
      int to,
      float[] shares,
      float inverse,
      int s,
      float[] y,
      int at) {
    FloatVector a = FloatVector.zero(F);
    FloatVector b = FloatVector.zero(F);
    FloatVector c = FloatVector.zero(F);
    FloatVector d = FloatVector.zero(F);
    long step = kv.headSize() * 4L;
    for (int j = from; j < to; ) {
      int end = Math.min(to, (j / BLOCK + 1) * BLOCK);
      int block = table[firstBlock + j / BLOCK];
      MemorySegment memory = kv.slab(layer, block);
      long v = valuesAt(kv, block, kvHead) + (j % BLOCK) * step + s * 4L;
      for (; j < end; j++, v += step) {
        FloatVector share = FloatVector.broadcast(F, shares[j]);
        a = FloatVector.fromMemorySegment(F, memory, v, ORDER).fma(share, a);
        b = FloatVector.fromMemorySegment(F, memory, v + COUNT * 4L, ORDER).fma(share, b);
        c = FloatVector.fromMemorySegment(F, memory, v + COUNT * 8L, ORDER).fma(share, c);
        d = FloatVector.fromMemorySegment(F, memory, v + COUNT * 12L, ORDER).fma(share, d);
      }
    }
    a.mul(inverse).intoArray(y, at);
    b.mul(inverse).intoArray(y, at + COUNT);
    c.mul(inverse).intoArray(y, at + 2 * COUNT);
    d.mul(inverse).intoArray(y, at + 3 * COUNT);
  }

  private static void values1(
      KvMemory kv,
      int layer,
      int[] table,
      int kvHead,
      int firstBlock,
      int from,
      int to,
      float[] shares,
      float inverse,
      int s,
      float[] y,
      int at) {
    FloatVector a = FloatVector.zero(F);
    long step = kv.headSize() * 4L;
    for (int j = from; j < to; ) {
      int end = Math.min(to, (j / BLOCK + 1) * BLOCK);
      int block = table[firstBlock + j / BLOCK];
      MemorySegment memory = kv.slab(layer, block);
      long v = valuesAt(kv, block, kvHead) + (j % BLOCK) * step + s * 4L;
      for (; j < end; j++, v += step) {
        a =
            FloatVector.fromMemorySegment(F, memory, v, ORDER)
                .fma(FloatVector.broadcast(F, shares[j]), a);
      }
    }
    a.mul(inverse).intoArray(y, at);
  }

  /** Heads narrower than a register: only tiny test models have them. */
  private static void valuesOne(
      KvMemory kv,
      int layer,
      int[] table,
      int kvHead,
      int firstBlock,
      int from,
      int to,
      float[] shares,
      float inverse,
      int s,
      float[] y,
      int at) {
    float a = 0;
    for (int j = from; j < to; j++) {
      int block = table[firstBlock + j / BLOCK];
      MemorySegment memory = kv.slab(layer, block);
      long v = valuesAt(kv, block, kvHead) + ((long) (j % BLOCK) * kv.headSize() + s) * 4L;
      a = Math.fma(memory.get(ValueLayout.JAVA_FLOAT, v), shares[j], a);
    }
    y[at] = a * inverse;
  }
}
