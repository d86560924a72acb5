package dev.tangram.kernel.vector;

import java.util.Arrays;

/** Numbers the chunks of several pieces of work through, so that one call shares them all out. */
final class Chunks {
  /** Entry i: the first chunk of piece i; behind the last one, how many there are. */
  private final int[] firsts;

  private int pieces;

  Chunks(int pieces) {
    firsts = new int[pieces + 1];
  }

  /** Adds a piece of {@code chunks}, at least one. */
  void add(int chunks) {
    firsts[pieces + 1] = Math.addExact(firsts[pieces], chunks);
    pieces++;
  }

  int total() {
    return firsts[pieces];
  }

  /** The piece that a chunk belongs to. */
  int piece(int chunk) {
    int at = Arrays.binarySearch(firsts, 0, pieces, chunk);
    return at >= 0 ? at : -at - 2;
  }

  /** Which of its piece's chunks it is. */
  int within(int chunk, int piece) {
    return chunk - firsts[piece];
  }
}
