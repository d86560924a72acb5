package dev.tangram.kernel.vector;

/**
 * Activations as floats. A block of tokens holds one group of columns after the other, and each
 * group its tiles of 4 tokens, then at most one of 2 and one of 1:
 *
 * <pre>
 *   x    = block, block, ...    block = [group][tile][column of the group][token of the tile]
 *   sums = block, block, ...    block = [group][token]
 * </pre>
 *
 * Each x is multiplied by {@code 2^-k}, where k is where its column's quants stand in their lane:
 * {@link Layout#standing}.
 */
final class FloatInputs extends Inputs {
  private final Layout layout;
  private final int groups;
  private final int xFrom;
  private final int sumsFrom;
  private final float[] factors;

  final float[] x;

  /** Sums of x over each group, for the minima; zero if the layout has none. */
  final float[] sums;

  /**
   * @param before what takes the buffers' front, or null
   */
  FloatInputs(Panels w, int firstRow, int tokens, FloatInputs before, float[] x, float[] sums) {
    super(w.columns(), firstRow, tokens);
    this.layout = w.layout();
    this.groups = w.groups();
    this.x = x;
    this.sums = sums;
    this.xFrom = before == null ? 0 : before.xFrom + before.tokens * before.columns;
    this.sumsFrom = before == null ? 0 : before.sumsFrom + before.tokens * before.groups;
    this.factors =
        before != null && before.layout.equals(layout) ? before.factors : factors(layout);
  }

  private static float[] factors(Layout layout) {
    float[] factors = new float[layout.group()];
    for (int c = 0; c < factors.length; c++) {
      factors[c] = Math.scalb(1f, -layout.standing(c % layout.perLane()));
    }
    return factors;
  }

  /** Where the group that begins at {@code column} begins in {@link #x}. */
  int xAt(int b, int column) {
    return xFrom + b * BLOCK * columns + tokensIn(b) * column;
  }

  int sumsAt(int b, int group) {
    return sumsFrom + b * BLOCK * groups + tokensIn(b) * group;
  }

  private int tileEnd(int t) {
    int left = tokens - t;
    return t + (left >= 4 ? 4 : left >= 2 ? 2 : 1);
  }

  @Override
  void read(float[] from, int first, int last) {
    for (int t = first; t < last; t = tileEnd(t)) {
      tile(from, t);
    }
  }

  private void tile(float[] from, int t) {
    int width = tileEnd(t) - t;
    int b = t / BLOCK;
    for (int g = 0; g < groups; g++) {
      int column = g * layout.group();
      int length = Math.min(layout.group(), columns - column);
      int to = xAt(b, column) + t % BLOCK * length;
      for (int i = 0; i < width; i++) {
        int at = row(t + i) * columns + column;
        for (int c = 0; c < length; c++) {
          x[to + c * width + i] = from[at + c] * factors[c];
        }
        sums[sumsAt(b, g) + t % BLOCK + i] = layout.scaled() ? sum(from, at, length) : 0;
      }
    }
  }

  /**
   * In four chains, whatever the registers: a group of a format with scales has 16 or 32 columns.
   */
  private static float sum(float[] x, int at, int length) {
    float a = 0;
    float b = 0;
    float c = 0;
    float d = 0;
    for (int i = at; i < at + length; i += 4) {
      a += x[i];
      b += x[i + 1];
      c += x[i + 2];
      d += x[i + 3];
    }
    return (a + b) + (c + d);
  }
}
