package dev.tangram.kernel.vector;

import dev.tangram.kernel.Workers;

/**
 * The activations of one multiplication, in the order the tiles read them. Tokens come in blocks of 64, so that a block's
 * sums stay in the first-level cache; a block holds one group of columns after the other, and each group its tiles of 4
 * tokens, then at most one of 2 and one of 1:
 *
 * <pre>
 *   x    = block, block, ...    block = [group][tile][column of the group][token of the tile]
 *   sums = block, block, ...    block = [group][token]
 * </pre>
 *
 * Each x is multiplied by {@code 2^-k}, where k is where its column's quants stand in their lane: {@link Layout#standing}.
 *
 * <p>Threads: prepared by the caller and its workers, then only read.
 */
final class Inputs {
  /** Tokens of a block. */
  static final int BLOCK = 64;

  /** Fewer elements than this are not worth waking anybody. */
  private static final int ALONE = 16 << 10;

  private final Layout layout;
  private final int columns;
  private final int groups;
  private final int tokens;
  private final float[] factors;

  final float[] x;

  /** Sums of x over each group, for the minima; zero if the layout has none. */
  final float[] sums;

  private Inputs(Panels w, int tokens, float[] x, float[] sums) {
    this.layout = w.layout();
    this.columns = w.columns();
    this.groups = w.groups();
    this.tokens = tokens;
    this.x = x;
    this.sums = sums;
    this.factors = factors(layout);
  }

  /**
   * @param buffers [0] for x, [1] for the sums; replaced when they are too short
   */
  static Inputs prepare(Panels w, float[] x, int tokens, float[][] buffers, Workers workers) {
    buffers[0] = longEnough(buffers[0], tokens * w.columns());
    buffers[1] = longEnough(buffers[1], tokens * w.groups());
    Inputs inputs = new Inputs(w, tokens, buffers[0], buffers[1]);
    if (tokens * w.columns() <= ALONE) {
      for (int t = 0; t < tokens; t = inputs.tileEnd(t)) {
        inputs.tile(x, t);
      }
    } else {
      workers.run(
          Math.ceilDiv(tokens, 4),
          chunk -> {
            int last = Math.min(tokens, chunk * 4 + 4);
            for (int t = chunk * 4; t < last; t = inputs.tileEnd(t)) {
              inputs.tile(x, t);
            }
          });
    }
    return inputs;
  }

  private static float[] longEnough(float[] buffer, int length) {
    return buffer.length < length ? new float[length] : buffer;
  }

  private static float[] factors(Layout layout) {
    float[] factors = new float[layout.group()];
    for (int c = 0; c < factors.length; c++) {
      factors[c] = Math.scalb(1f, -layout.standing(c % layout.perLane()));
    }
    return factors;
  }

  /** Blocks of tokens. */
  int blocks() {
    return Math.ceilDiv(tokens, BLOCK);
  }

  /** Tokens of block {@code b}. */
  int tokensIn(int b) {
    return Math.min(BLOCK, tokens - b * BLOCK);
  }

  /** Where the group that begins at {@code column} begins in {@link #x}. */
  int xAt(int b, int column) {
    return b * BLOCK * columns + tokensIn(b) * column;
  }

  int sumsAt(int b, int group) {
    return b * BLOCK * groups + tokensIn(b) * group;
  }

  private int tileEnd(int t) {
    int left = tokens - t;
    return t + (left >= 4 ? 4 : left >= 2 ? 2 : 1);
  }

  private void tile(float[] from, int t) {
    int width = tileEnd(t) - t;
    int b = t / BLOCK;
    for (int g = 0; g < groups; g++) {
      int column = g * layout.group();
      int length = Math.min(layout.group(), columns - column);
      int to = xAt(b, column) + t % BLOCK * length;
      for (int i = 0; i < width; i++) {
        int at = (t + i) * columns + column;
        for (int c = 0; c < length; c++) {
          x[to + c * width + i] = from[at + c] * factors[c];
        }
        sums[sumsAt(b, g) + t % BLOCK + i] = layout.scaled() ? sum(from, at, length) : 0;
      }
    }
  }

  /** In four chains, whatever the registers: a group of a format with scales has 16 or 32 columns. */
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
