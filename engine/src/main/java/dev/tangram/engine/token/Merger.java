package dev.tangram.engine.token;

import java.util.Arrays;

/**
 * Merges the symbols of one word until no pair is left that merges: always the pair of the lowest
 * rank, of equals the leftmost. A symbol is a token id, or negative if it stands for something that
 * merges with nothing.
 *
 * <p>Cost: a word of n symbols takes O(n log n), a short one O(n^2) without any set-up. Threads:
 * one encode call owns it.
 */
final class Merger {
  /** Below this length moving an array is cheaper than a queue and a list. */
  static final int SHORT_MAX = 48;

  /** In the place of a symbol that was merged into its left neighbour. */
  private static final int DEAD = Integer.MIN_VALUE;

  private static final long RANK = 0xFFFFFFFFL << 32;

  private final MergeTable table;
  private final int shortMax;
  private int[] symbols = new int[64];
  private int size;

  /** What the pair that starts at each position merges into. */
  private long[] pairs;

  // The long way: a doubly linked list of live symbols, and a queue of (rank, position).
  private int[] next = {};
  private int[] previous = {};
  private final MergeQueue queue = new MergeQueue();

  Merger(MergeTable table) {
    this(table, SHORT_MAX);
  }

  /**
   * @param shortMax the longest word to treat the short way; tests compare both ways
   */
  Merger(MergeTable table, int shortMax) {
    this.table = table;
    this.shortMax = shortMax;
    this.pairs = new long[Math.max(shortMax, 1)];
  }

  void clear() {
    size = 0;
  }

  void add(int symbol) {
    if (size == symbols.length) {
      symbols = Arrays.copyOf(symbols, size * 2);
    }
    symbols[size++] = symbol;
  }

  int size() {
    return size;
  }

  int symbol(int index) {
    return symbols[index];
  }

  void merge() {
    if (size <= shortMax) {
      mergeShort();
    } else {
      mergeLong();
    }
  }

  private void mergeShort() {
    for (int i = 0; i + 1 < size; i++) {
      pairs[i] = table.find(symbols[i], symbols[i + 1]);
    }
    while (size > 1) {
      int best = 0;
      for (int i = 1; i + 1 < size; i++) {
        // Unsigned, so that NONE loses; only ranks count, so that the leftmost of equals stays.
        if (pairs[i] >>> 32 < pairs[best] >>> 32) {
          best = i;
        }
      }
      if (pairs[best] == MergeTable.NONE) {
        return;
      }
      symbols[best] = MergeTable.merged(pairs[best]);
      int moved = size - best - 2;
      System.arraycopy(symbols, best + 2, symbols, best + 1, moved);
      System.arraycopy(pairs, best + 1, pairs, best, moved);
      size--;
      if (best > 0) {
        pairs[best - 1] = table.find(symbols[best - 1], symbols[best]);
      }
      if (best + 1 < size) {
        pairs[best] = table.find(symbols[best], symbols[best + 1]);
      }
    }
  }

  private void mergeLong() {
    link();
    while (!queue.isEmpty()) {
      long entry = queue.pop();
      int left = (int) entry;
      long pair = pairs[left];
      if (MergeTable.rank(pair) != (int) (entry >>> 32)) {
        continue; // one of the two has changed since; the new pair has its own entry
      }
      int right = next[left];
      int after = next[right];
      symbols[left] = MergeTable.merged(pair);
      symbols[right] = DEAD;
      pairs[right] = MergeTable.NONE;
      next[left] = after;
      if (after >= 0) {
        previous[after] = left;
      }
      pair(left);
      if (previous[left] >= 0) {
        pair(previous[left]);
      }
    }
    compact();
  }

  private void link() {
    if (next.length < size) {
      next = new int[symbols.length];
      previous = new int[symbols.length];
    }
    if (pairs.length < size) {
      pairs = new long[symbols.length];
    }
    queue.clear();
    for (int i = 0; i < size; i++) {
      previous[i] = i - 1;
      next[i] = i + 1 < size ? i + 1 : -1;
      pair(i);
    }
  }

  /** Looks up the pair that starts at a position, and queues it if it merges. */
  private void pair(int left) {
    int right = next[left];
    pairs[left] = right < 0 ? MergeTable.NONE : table.find(symbols[left], symbols[right]);
    if (pairs[left] != MergeTable.NONE) {
      queue.push(pairs[left] & RANK | left);
    }
  }

  private void compact() {
    int kept = 0;
    for (int i = 0; i < size; i++) {
      if (symbols[i] != DEAD) {
        symbols[kept++] = symbols[i];
      }
    }
    size = kept;
  }
}
