package dev.tangram.kernel.vector;

import static dev.tangram.kernel.vector.Lanes.COUNT;
import static dev.tangram.kernel.vector.Lanes.F;

import dev.tangram.kernel.DeltaShape;
import jdk.incubator.vector.FloatVector;

/**
 * What one value head needs to know of a block of tokens: query and key divided by their length,
 * {@code exp(decay)}, beta, {@code k q}. Value heads that share a key head repeat this; it is 2 %
 * of their work and saves a second round of the workers.
 *
 * <p>Threads: scratch of one worker.
 */
final class DeltaTokens {
  /** Tokens of a block: their queries and keys stay in the first-level cache beside a panel. */
  static final int BLOCK = 16;

  private static final float EPSILON = 1e-6f;

  /** [token][query, key][dk]; grows to the largest head it has seen. */
  float[] units = new float[2 * BLOCK * 128];

  final float[] kept = new float[BLOCK];
  final float[] beta = new float[BLOCK];
  final float[] product = new float[BLOCK];

  /** Sums of the loops over a panel. */
  final float[] sums = new float[4 * COUNT];

  /** Takes the tokens [row, row + count). */
  void prepare(
      DeltaShape shape, int head, int row, int count, float[] mixed, float[] decay, float[] betas) {
    int keys = shape.keySize();
    if (units.length < 2 * BLOCK * keys) {
      units = new float[2 * BLOCK * keys];
    }
    for (int t = 0; t < count; t++) {
      int q = (row + t) * shape.channels() + shape.keyHead(head) * keys;
      int k = q + shape.keyHeads() * keys;
      float queryFactor = (float) (1 / Math.sqrt((squares(mixed, q, keys) + EPSILON) * keys));
      float keyFactor = (float) (1 / Math.sqrt(squares(mixed, k, keys) + EPSILON));
      product[t] = scale(mixed, q, queryFactor, k, keyFactor, keys, 2 * t * keys);
      int at = (row + t) * shape.valueHeads() + head;
      kept[t] = (float) Math.exp(decay[at]);
      beta[t] = betas[at];
    }
  }

  private double squares(float[] x, int from, int length) {
    FloatVector sum = FloatVector.zero(F);
    int i = 0;
    for (; i + COUNT <= length; i += COUNT) {
      FloatVector v = FloatVector.fromArray(F, x, from + i);
      sum = v.fma(v, sum);
    }
    sum.intoArray(sums, 0);
    float total = total();
    for (; i < length; i++) {
      total = Math.fma(x[from + i], x[from + i], total);
    }
    return total;
  }

  /** Writes query and key, and returns their product. */
  private float scale(
      float[] x, int q, float queryFactor, int k, float keyFactor, int keys, int to) {
    FloatVector sum = FloatVector.zero(F);
    int i = 0;
    for (; i + COUNT <= keys; i += COUNT) {
      FloatVector query = FloatVector.fromArray(F, x, q + i).mul(queryFactor);
      FloatVector key = FloatVector.fromArray(F, x, k + i).mul(keyFactor);
      query.intoArray(units, to + i);
      key.intoArray(units, to + keys + i);
      sum = query.fma(key, sum);
    }
    sum.intoArray(sums, 0);
    float total = total();
    for (; i < keys; i++) {
      float query = x[q + i] * queryFactor;
      float key = x[k + i] * keyFactor;
      units[to + i] = query;
      units[to + keys + i] = key;
      total = Math.fma(query, key, total);
    }
    return total;
  }

  /** Lane by lane, because the order of reduceLanes is not promised. */
  private float total() {
    float total = 0;
    for (int lane = 0; lane < COUNT; lane++) {
      total += sums[lane];
    }
    return total;
  }
}
