package dev.tangram.engine.token;

import java.util.concurrent.ThreadLocalRandom;

/**
 * Which two neighbouring tokens merge into which third one, and how early: the lowest rank goes first. Filled by one
 * thread, then read by many.
 */
final class MergeTable {
  /** What {@link #find} answers for a pair that does not merge. Its rank is above all others. */
  static final long NONE = -1;

  private long[] keys;
  private long[] values;
  private int size;
  private final long salt = ThreadLocalRandom.current().nextLong() | 1;

  MergeTable(int expected) {
    allocate(Math.max(16, Integer.highestOneBit(Math.max(expected, 1)) * 4));
  }

  private void allocate(int capacity) {
    keys = new long[capacity];
    values = new long[capacity];
    java.util.Arrays.fill(values, NONE);
  }

  int size() {
    return size;
  }

  /** Adds a merge unless the pair has one already: the first of a file wins. */
  void put(int left, int right, int rank, int merged) {
    if (size * 2 >= keys.length) {
      grow();
    }
    long key = key(left, right);
    int slot = slot(key);
    if (values[slot] == NONE) {
      keys[slot] = key;
      values[slot] = (long) rank << 32 | merged;
      size++;
    }
  }

  /** The rank (high 32 bits, not negative) and the merged id (low 32 bits) of a pair, or {@link #NONE}. */
  long find(int left, int right) {
    // Symbols that are not tokens are negative: they merge with nothing.
    return (left | right) < 0 ? NONE : values[slot(key(left, right))];
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

  private int slot(long key) {
    int mask = keys.length - 1;
    int slot = (int) (key * salt >>> 32) & mask;
    while (values[slot] != NONE && keys[slot] != key) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void grow() {
    long[] oldKeys = keys;
    long[] oldValues = values;
    allocate(Math.multiplyExact(oldKeys.length, 2));
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldValues[i] != NONE) {
        int slot = slot(oldKeys[i]);
        keys[slot] = oldKeys[i];
        values[slot] = oldValues[i];
      }
    }
  }
}
