package dev.tangram.engine.sample;

import java.util.Arrays;

/** Ids that may still be drawn, with their unnormalised probabilities. Reused from step to step. */
final class Candidates {
  private final int vocabulary;
  private int[] ids = new int[256];
  private float[] weights = new float[256];
  private int size;
  private boolean sorted;

  Candidates(int vocabulary) {
    this.vocabulary = vocabulary;
  }

  void clear() {
    size = 0;
    sorted = false;
  }

  void add(int id, float weight) {
    if (size == ids.length) {
      int grown = Math.min(vocabulary, size * 4);
      ids = Arrays.copyOf(ids, grown);
      weights = Arrays.copyOf(weights, grown);
    }
    ids[size] = id;
    weights[size++] = weight;
  }

  /** Keeps the k likeliest; of equals, the lower ids. */
  void keepLikeliest(int k) {
    if (k < size) {
      sort();
      size = k;
    }
  }

  /** Keeps the likeliest until their sum reaches the share {@code p} of all. */
  void keepMass(float p) {
    sort();
    double wanted = p * sum();
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

  private double sum() {
    double sum = 0;
    for (int i = 0; i < size; i++) {
      sum += weights[i];
    }
    return sum;
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
