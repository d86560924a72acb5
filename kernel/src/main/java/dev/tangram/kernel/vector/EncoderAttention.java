package dev.tangram.kernel.vector;

import static dev.tangram.kernel.vector.Lanes.COUNT;
import static dev.tangram.kernel.vector.Lanes.F;

import jdk.incubator.vector.FloatVector;

/**
 * Attention of one head over one text. Keys are turned once so that a lane is a key, values lie row
 * by row; both are padded to whole registers. All sums run in an order that the text's own length
 * decides.
 */
final class EncoderAttention {
  private final int first;
  private final int count;
  private final int size;
  private final int width;
  private final int column;
  private final int paddedCount;
  private final int paddedSize;
  private final float[] keys;
  private final float[] values;
  private final float[] shares;
  private final float[] out;
  private final Softmax softmax = new Softmax();

  private EncoderAttention(int first, int last, int head, int heads, int size) {
    this.first = first;
    this.count = last - first;
    this.size = size;
    this.width = heads * size;
    this.column = head * size;
    this.paddedCount = Exponentials.padded(count);
    this.paddedSize = Exponentials.padded(size);
    this.keys = new float[size * paddedCount];
    this.values = new float[count * paddedSize];
    this.shares = new float[paddedCount];
    this.out = new float[paddedSize];
  }

  /** Reads and writes rows [first, last) of head {@code head}. */
  static void attend(
      int first,
      int last,
      int head,
      int heads,
      int size,
      float scale,
      float[] q,
      float[] k,
      float[] v,
      float[] y) {
    EncoderAttention one = new EncoderAttention(first, last, head, heads, size);
    one.gather(k, v);
    for (int t = first; t < last; t++) {
      one.row(q, y, t * one.width + one.column, scale);
    }
  }

  private void gather(float[] k, float[] v) {
    for (int j = 0; j < count; j++) {
      int at = (first + j) * width + column;
      for (int s = 0; s < size; s++) {
        keys[s * paddedCount + j] = k[at + s];
      }
      System.arraycopy(v, at, values, j * paddedSize, size);
    }
  }

  private void row(float[] q, float[] y, int at, float scale) {
    for (int j = 0; j < paddedCount; j += COUNT) {
      FloatVector score = FloatVector.zero(F);
      for (int s = 0; s < size; s++) {
        score =
            FloatVector.fromArray(F, keys, s * paddedCount + j)
                .fma(FloatVector.broadcast(F, q[at + s]), score);
      }
      score = score.mul(scale);
      if (j + COUNT > count) {
        score = score.blend(Float.NEGATIVE_INFINITY, F.indexInRange(j, count).not());
      }
      score.intoArray(shares, j);
    }
    float sum = softmax.shares(shares, 0, paddedCount, softmax.largest(shares, 0, count));
    weigh();
    for (int s = 0; s < size; s++) {
      y[at + s] = out[s] / sum;
    }
  }

  private void weigh() {
    for (int s = 0; s < paddedSize; s += COUNT) {
      FloatVector sum = FloatVector.zero(F);
      for (int j = 0; j < count; j++) {
        sum =
            FloatVector.fromArray(F, values, j * paddedSize + s)
                .fma(FloatVector.broadcast(F, shares[j]), sum);
      }
      sum.intoArray(out, s);
    }
  }
}
