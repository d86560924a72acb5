package dev.tangram.kernel.vector;

import static dev.tangram.kernel.vector.Lanes.COUNT;
import static dev.tangram.kernel.vector.Lanes.F;

import jdk.incubator.vector.FloatVector;

/**
 * Scores become shares, in two calls: the largest, then {@code exp(score - largest)} and the sum of
 * these, by which the caller divides when it suits.
 *
 * <p>Numerics: sums run in an order that the count of scores alone decides.
 *
 * <p>Threads: one of these for each.
 */
final class Softmax {
  private final float[] lanes = new float[COUNT];

  /** The largest of [from, to). */
  float largest(float[] scores, int from, int to) {
    int whole = FirstSteps.plain(to - from) ? from : from + (to - from) / COUNT * COUNT;
    FloatVector most = FloatVector.broadcast(F, Float.NEGATIVE_INFINITY);
    for (int i = from; i < whole; i += COUNT) {
      most = most.max(FloatVector.fromArray(F, scores, i));
    }
    most.intoArray(lanes, 0);
    float top = Float.NEGATIVE_INFINITY;
    for (int lane = 0; lane < COUNT; lane++) {
      top = Math.max(top, lanes[lane]);
    }
    for (int i = whole; i < to; i++) {
      top = Math.max(top, scores[i]);
    }
    return top;
  }

  /**
   * Turns the scores [from, to), which are whole registers, into {@code exp(score - top)} and
   * returns their sum; a score of minus infinity has no share.
   */
  float shares(float[] scores, int from, int to, float top) {
    if (FirstSteps.plain(to - from)) {
      return PlainLoops.shares(scores, from, to, top, lanes);
    }
    Exponentials.of(scores, from, to, top);
    FloatVector sum = FloatVector.zero(F);
    for (int i = from; i < to; i += COUNT) {
      sum = sum.add(FloatVector.fromArray(F, scores, i));
    }
    sum.intoArray(lanes, 0);
    return Lanes.total(lanes);
  }
}
