package dev.tangram.kernel.vector;

import dev.tangram.kernel.Workers;

/**
 * The activations that one matrix meets, in the order the tiles read them. Tokens come in blocks of
 * 64, so that a block's sums stay in the first-level cache; a block holds one group of columns
 * after the other, and each group its tiles of 4 tokens, then at most one of 2 and one of 1:
 *
 * <pre>
 *   x    = block, block, ...    block = [group][tile][column of the group][token of the tile]
 *   sums = block, block, ...    block = [group][token]
 * </pre>
 *
 * Each x is multiplied by {@code 2^-k}, where k is where its column's quants stand in their lane:
 * {@link Layout#standing}.
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
  private final int firstRow;
  private final int tokens;
  private final int xFrom;
  private final int sumsFrom;
  private final float[] factors;

  final float[] x;

  /** Sums of x over each group, for the minima; zero if the layout has none. */
  final float[] sums;

  private Inputs(Panels w, int firstRow, int tokens, Inputs before, float[] x, float[] sums) {
    this.layout = w.layout();
    this.columns = w.columns();
    this.groups = w.groups();
    this.firstRow = firstRow;
    this.tokens = tokens;
    this.x = x;
    this.sums = sums;
    this.xFrom = before == null ? 0 : before.xFrom + before.tokens * before.columns;
    this.sumsFrom = before == null ? 0 : before.sumsFrom + before.tokens * before.groups;
    this.factors =
        before != null && before.layout.equals(layout) ? before.factors : factors(layout);
  }

  /**
   * The inputs of several matrices of equal columns: matrix i meets the rows [starts[i], ends[i]).
   *
   * @param buffers [0] for x, [1] for the sums; replaced when they are too short
   */
  static Inputs[] prepare(
      Panels[] ws, int[] starts, int[] ends, float[] x, float[][] buffers, Workers workers) {
    int elements = 0;
    int sums = 0;
    for (int i = 0; i < ws.length; i++) {
      elements = Math.addExact(elements, (ends[i] - starts[i]) * ws[i].columns());
      sums += (ends[i] - starts[i]) * ws[i].groups();
    }
    buffers[0] = longEnough(buffers[0], elements);
    buffers[1] = longEnough(buffers[1], sums);
    Inputs[] inputs = new Inputs[ws.length];
    Chunks chunks = new Chunks(ws.length);
    for (int i = 0; i < ws.length; i++) {
      Inputs before = i == 0 ? null : inputs[i - 1];
      int tokens = ends[i] - starts[i];
      inputs[i] = new Inputs(ws[i], starts[i], tokens, before, buffers[0], buffers[1]);
      chunks.add(Math.ceilDiv(tokens, 4));
    }
    if (elements <= ALONE) {
      for (Inputs each : inputs) {
        each.tiles(x, 0, each.tokens);
      }
    } else {
      workers.run(
          chunks.total(),
          chunk -> {
            int piece = chunks.piece(chunk);
            int first = 4 * chunks.within(chunk, piece);
            inputs[piece].tiles(x, first, Math.min(inputs[piece].tokens, first + 4));
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

  int tokens() {
    return tokens;
  }

  /** The row of the caller's x and y that token {@code t} is. */
  int row(int t) {
    return firstRow + t;
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
    return xFrom + b * BLOCK * columns + tokensIn(b) * column;
  }

  int sumsAt(int b, int group) {
    return sumsFrom + b * BLOCK * groups + tokensIn(b) * group;
  }

  private int tileEnd(int t) {
    int left = tokens - t;
    return t + (left >= 4 ? 4 : left >= 2 ? 2 : 1);
  }

  /** Tokens [first, last); first is a multiple of 4. */
  private void tiles(float[] from, int first, int last) {
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
