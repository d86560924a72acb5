package dev.tangram.kernel.vector;

import java.util.Arrays;
import java.util.Objects;

/** Which experts a token takes, and the sum of what they made; one token a call. */
final class Experts {
  /** Shares of one worker; grows to the most experts it has seen. */
  private static final ThreadLocal<float[]> SHARES = ThreadLocal.withInitial(() -> new float[512]);

  private static final ThreadLocal<Softmax> SOFTMAX = ThreadLocal.withInitial(Softmax::new);

  private Experts() {}

  static void route(
      float[] logits,
      int t,
      int experts,
      int used,
      boolean normalised,
      int[] chosen,
      float[] weights) {
    int at = t * used;
    choose(logits, t * experts, experts, chosen, at, used);
    float[] shares = shares(experts);
    System.arraycopy(logits, t * experts, shares, 0, experts);
    Softmax softmax = SOFTMAX.get();
    float top = softmax.largest(shares, 0, experts);
    float sum = softmax.shares(shares, 0, Exponentials.padded(experts), top);
    if (normalised) {
      sum = 0;
      for (int j = at; j < at + used; j++) {
        sum += shares[chosen[j]];
      }
    }
    for (int j = at; j < at + used; j++) {
      weights[j] = shares[chosen[j]] / sum;
    }
  }

  /**
   * The largest in falling order. Logits are compared, not their shares: two that differ may have
   * the same share once it is rounded.
   */
  private static void choose(
      float[] logits, int from, int experts, int[] chosen, int at, int used) {
    int found = 0;
    for (int e = 0; e < experts; e++) {
      float logit = rank(logits[from + e]);
      if (found == used && !(logit > rank(logits[from + chosen[at + used - 1]]))) {
        continue;
      }
      int j = found < used ? found++ : used - 1;
      for (; j > 0 && logit > rank(logits[from + chosen[at + j - 1]]); j--) {
        chosen[at + j] = chosen[at + j - 1];
      }
      chosen[at + j] = e;
    }
  }

  /** NaN compares with nothing; as the least of all it leaves the choice well defined. */
  private static float rank(float logit) {
    return Float.isNaN(logit) ? Float.NEGATIVE_INFINITY : logit;
  }

  private static float[] shares(int experts) {
    float[] shares = SHARES.get();
    int length = Exponentials.padded(experts);
    if (shares.length < length) {
      shares = new float[length];
      SHARES.set(shares);
    }
    Arrays.fill(shares, experts, length, Float.NEGATIVE_INFINITY);
    return shares;
  }

  static void combine(
      float[] parts, int[] rows, float[] weights, int t, int used, int width, float[] y) {
    int at = t * width;
    Arrays.fill(y, at, at + width, 0);
    for (int j = t * used; j < (t + 1) * used; j++) {
      int row = Objects.checkIndex(rows[j], parts.length / width);
      Elementwise.addScaled(y, at, parts, row * width, weights[j], width);
    }
  }
}
