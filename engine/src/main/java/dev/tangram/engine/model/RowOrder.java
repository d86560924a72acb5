package dev.tangram.engine.model;

import java.util.stream.IntStream;

/** Which rows of a tensor that mixes several matrices belong to one of them, in its own order. */
final class RowOrder {
  private RowOrder() {}

  /**
   * The same run of rows out of each of {@code groups} groups.
   *
   * @param stride rows of a group
   * @param first row of the run inside its group
   */
  static int[] of(int groups, int stride, int first, int count) {
    int[] rows = new int[groups * count];
    for (int g = 0; g < groups; g++) {
      for (int i = 0; i < count; i++) {
        rows[g * count + i] = g * stride + first + i;
      }
    }
    return rows;
  }

  /** One order after the other. */
  static int[] join(int[]... orders) {
    return IntStream.range(0, orders.length).flatMap(i -> IntStream.of(orders[i])).toArray();
  }
}
