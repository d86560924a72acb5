package dev.tangram.kernel.vector;

import dev.tangram.kernel.Workers;

/**
 * The activations that one matrix meets, in the order and the form that its products read. Tokens
 * come in blocks of 64, so that a block's sums stay in the first-level cache.
 *
 * <p>Threads: prepared by the caller and its workers, then only read.
 */
abstract sealed class Inputs permits FloatInputs, IntegerInputs {
  /** Tokens of a block. */
  static final int BLOCK = 64;

  /** Tokens that are prepared together: where floats go in tiles of four. */
  private static final int TOGETHER = 4;

  /** Fewer elements than this are not worth waking anybody. */
  private static final int ALONE = 16 << 10;

  /** What holds the inputs of a call; each grows to the largest batch it has seen. */
  static final class Buffers {
    float[] x = {};
    float[] sums = {};
    int[] cells = {};
  }

  final int columns;
  final int tokens;
  private final int firstRow;

  Inputs(int columns, int firstRow, int tokens) {
    this.columns = columns;
    this.firstRow = firstRow;
    this.tokens = tokens;
  }

  /**
   * The inputs of several matrices of equal columns: matrix i meets the rows [starts[i], ends[i]).
   *
   * @param products what will multiply, and says which form it wants
   */
  static Inputs[] prepare(
      Panels[] ws,
      int[] starts,
      int[] ends,
      float[] x,
      Buffers buffers,
      PanelProducts products,
      Workers workers) {
    boolean[] integers = new boolean[ws.length];
    int elements = 0;
    int floats = 0;
    int sums = 0;
    int cells = 0;
    for (int i = 0; i < ws.length; i++) {
      int tokens = ends[i] - starts[i];
      integers[i] = products.integers(ws[i].format(), ws[i].columns());
      elements = Math.addExact(elements, tokens * ws[i].columns());
      if (integers[i]) {
        cells = Math.addExact(cells, IntegerInputs.words(tokens, ws[i].columns()));
      } else {
        floats += tokens * ws[i].columns();
        sums += tokens * ws[i].groups();
      }
    }
    buffers.x = buffers.x.length < floats ? new float[floats] : buffers.x;
    buffers.sums = buffers.sums.length < sums ? new float[sums] : buffers.sums;
    buffers.cells = buffers.cells.length < cells ? new int[cells] : buffers.cells;
    Inputs[] inputs = new Inputs[ws.length];
    Chunks chunks = new Chunks(ws.length);
    FloatInputs beforeFloats = null;
    IntegerInputs beforeIntegers = null;
    for (int i = 0; i < ws.length; i++) {
      int tokens = ends[i] - starts[i];
      if (integers[i]) {
        beforeIntegers =
            new IntegerInputs(ws[i], starts[i], tokens, beforeIntegers, buffers.cells, products);
        inputs[i] = beforeIntegers;
      } else {
        beforeFloats =
            new FloatInputs(ws[i], starts[i], tokens, beforeFloats, buffers.x, buffers.sums);
        inputs[i] = beforeFloats;
      }
      chunks.add(Math.ceilDiv(tokens, TOGETHER));
    }
    if (elements <= ALONE) {
      for (Inputs each : inputs) {
        each.read(x, 0, each.tokens);
      }
    } else {
      workers.run(
          chunks.total(),
          chunk -> {
            int piece = chunks.piece(chunk);
            int first = TOGETHER * chunks.within(chunk, piece);
            inputs[piece].read(x, first, Math.min(inputs[piece].tokens, first + TOGETHER));
          });
    }
    return inputs;
  }

  /** Reads tokens [first, last) of the caller's x; first is a multiple of {@link #TOGETHER}. */
  abstract void read(float[] from, int first, int last);

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
}
