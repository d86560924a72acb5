package dev.tangram.engine.sample;

import java.util.Arrays;

/**
 * Ids that may still be drawn, with their unnormalised probabilities, of which the largest is 1.
 * Reused from step to step.
 *
 * <p>Cost: with a vocabulary of 150,000 nearly every id is a candidate, and sorting them all would
 * take half as long as a small model's step. So the few that a filter can keep are found first, by
 * counting the weights by size.
 */
final class Candidates {
  /** Buckets by exponent and the first 3 bits behind it; of weights from 0 to 1. */
  private static final int BUCKET_SHIFT = 20;

  private static final int BUCKETS = (Float.floatToIntBits(1) >>> BUCKET_SHIFT) + 1;

  private final int vocabulary;
  private int[] ids = new int[256];
  private float[] weights = new float[256];
  private int size;
  private boolean sorted;
  private final int[] counts = new int[BUCKETS];
  private final double[] masses = new double[BUCKETS];

  Candidates(int vocabulary) {
    this.vocabulary = vocabulary;
  }

  void clear() {
    size = 0;
    sorted = false;
  }

  /**
   * Adds every id whose logit is not below {@code least}, with the weight {@code exp((logit - top)
   * * factor)}.
   *
   * @param top the largest logit; none is more than 40 / factor below it and not below least
   */
  void add(float[] logits, int offset, float least, float top, float factor) {
    int from = size;
    for (int id = 0; id < vocabulary; id++) {
      float logit = logits[offset + id];
      if (logit >= least) {
        if (size == ids.length) {
          grow();
        }
        ids[size] = id;
        weights[size++] = (logit - top) * factor;
      }
    }
    exponentials(weights, from, size);
  }

  private void grow() {
    int grown = Math.min(vocabulary, size * 4);
    ids = Arrays.copyOf(ids, grown);
    weights = Arrays.copyOf(weights, grown);
  }

  /**
   * e^x for x from -40 to 0, rounded to float but for one in some ten thousand: {@code
   * (e^(x/64))^64} in double. No bit is moved from an integer to a float, so that the compiler
   * makes it vector code.
   */
  static void exponentials(float[] x, int from, int to) {
    for (int i = from; i < to; i++) {
      double z = x[i] * (1.0 / 64);
      double p = 1.0 / 39916800;
      p = p * z + 1.0 / 3628800;
      p = p * z + 1.0 / 362880;
      p = p * z + 1.0 / 40320;
      p = p * z + 1.0 / 5040;
      p = p * z + 1.0 / 720;
      p = p * z + 1.0 / 120;
      p = p * z + 1.0 / 24;
      p = p * z + 1.0 / 6;
      p = p * z + 0.5;
      p = p * z + 1;
      p = p * z + 1;
      p *= p;
      p *= p;
      p *= p;
      p *= p;
      p *= p;
      p *= p;
      x[i] = (float) p;
    }
  }

  /** Keeps the k likeliest; of equals, the lower ids. */
  void keepLikeliest(int k) {
    if (k >= size) {
      return;
    }
    if (!sorted) {
      count();
      int bucket = BUCKETS;
      for (int kept = 0; kept < k; ) {
        kept += counts[--bucket];
      }
      keepBuckets(bucket);
    }
    sort();
    size = k;
  }

  /** Keeps the likeliest until their sum reaches the share {@code p} of all. */
  void keepMass(float p) {
    double wanted = p * sum();
    if (!sorted) {
      count();
      int bucket = BUCKETS;
      for (double kept = 0; kept < wanted && bucket > 0; ) {
        kept += masses[--bucket];
      }
      // One more: the sum of sums may be rounded up where the sum is not.
      keepBuckets(bucket - 1);
    }
    sort();
    double mass = 0;
    for (int i = 0; i < size; i++) {
      mass += weights[i];
      if (mass >= wanted) {
        size = i + 1;
        return;
      }
    }
  }

  /** The id at share {@code u} in [0, 1) of the sum. */
  int pick(double u) {
    double wanted = u * sum();
    double mass = 0;
    for (int i = 0; i < size; i++) {
      mass += weights[i];
      if (mass > wanted) {
        return ids[i];
      }
    }
    return ids[size - 1];
  }

  int size() {
    return size;
  }

  /** A copy, in no order. */
  int[] ids() {
    return Arrays.copyOf(ids, size);
  }

  private double sum() {
    double sum = 0;
    for (int i = 0; i < size; i++) {
      sum += weights[i];
    }
    return sum;
  }

  private static int bucket(float weight) {
    return Math.min(Float.floatToRawIntBits(weight) >>> BUCKET_SHIFT, BUCKETS - 1);
  }

  private void count() {
    Arrays.fill(counts, 0);
    Arrays.fill(masses, 0);
    for (int i = 0; i < size; i++) {
      int bucket = bucket(weights[i]);
      counts[bucket]++;
      masses[bucket] += weights[i];
    }
  }

  /** Drops what lies in buckets below the first. */
  private void keepBuckets(int first) {
    int kept = 0;
    for (int i = 0; i < size; i++) {
      if (bucket(weights[i]) >= first) {
        ids[kept] = ids[i];
        weights[kept++] = weights[i];
      }
    }
    size = kept;
  }

  private void sort() {
    if (sorted) {
      return;
    }
    // One long per candidate: falling weight first (its bits order like the non-negative float),
    // then rising id.
    long[] keys = new long[size];
    for (int i = 0; i < size; i++) {
      keys[i] = ((long) ~Float.floatToIntBits(weights[i]) << 32) | ids[i];
    }
    Arrays.sort(keys);
    for (int i = 0; i < size; i++) {
      ids[i] = (int) keys[i];
      weights[i] = Float.intBitsToFloat(~(int) (keys[i] >> 32));
    }
    sorted = true;
  }
}
