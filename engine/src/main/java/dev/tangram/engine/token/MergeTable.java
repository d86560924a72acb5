package dev.tangram.engine.token;

import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Which two neighbouring tokens merge into which third one, and how early: the lowest rank goes
 * first. Filled by one thread, then read by many.
 */
final class MergeTable {
  /** What {@link #find} answers for a pair that does not merge. Its rank is above all others. */
  static final long NONE = -1;

  /** Slot i holds a pair at 2 i and what it merges into at 2 i + 1, on one line of the cache. */
  private long[] slots;

  private int size;
  private final long salt = ThreadLocalRandom.current().nextLong() | 1;

  MergeTable(int expected) {
    slots = empty(Math.max(16, Integer.highestOneBit(Math.max(expected, 1)) * 4));
  }

  private static long[] empty(int count) {
    long[] slots = new long[Math.multiplyExact(count, 2)];
    Arrays.fill(slots, NONE);
    return slots;
  }

  int size() {
    return size;
  }

  /** Adds a merge unless the pair has one already: the first of a file wins. */
  void put(int left, int right, int rank, int merged) {
    if (size * 4 >= slots.length) {
      grow();
    }
    long key = key(left, right);
    int at = find(key);
    if (slots[at + 1] == NONE) {
      slots[at] = key;
      slots[at + 1] = (long) rank << 32 | merged;
      size++;
    }
  }

  /**
   * The rank (high 32 bits, not negative) and the merged id (low 32 bits) of a pair, or {@link
   * #NONE}.
   */
  long find(int left, int right) {
    // Symbols that are not tokens are negative: they merge with nothing.
    return (left | right) < 0 ? NONE : slots[find(key(left, right)) + 1];
  }

  static int rank(long value) {
    return (int) (value >>> 32);
  }

  static int merged(long value) {
    return (int) value;
  }

  private static long key(int left, int right) {
    return (long) left << 32 | right;
  }

  /** Where the pair is, or the empty slot where it would go; keys are never negative. */
  private int find(long key) {
    int mask = slots.length - 2;
    int at = (int) (key * salt >>> 31) & mask;
    while (slots[at] != key && slots[at] != NONE) {
      at = at + 2 & mask;
    }
    return at;
  }

  private void grow() {
    long[] old = slots;
    slots = empty(old.length);
    for (int i = 0; i < old.length; i += 2) {
      if (old[i] != NONE) {
        int at = find(old[i]);
        slots[at] = old[i];
        slots[at + 1] = old[i + 1];
      }
    }
  }
}
