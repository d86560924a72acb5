package dev.tangram.engine.token;

import java.util.Arrays;

/** A heap of longs, the smallest first; four children a node, which halves the cache misses of two. */
final class LongHeap {
  private static final int WAYS = 4;

  private long[] items = {};
  private int size;

  boolean isEmpty() {
    return size == 0;
  }

  void clear() {
    size = 0;
  }

  /** Adds without ordering; call {@link #order} before the first {@link #pop}. */
  void append(long item) {
    if (size == items.length) {
      items = Arrays.copyOf(items, Math.max(256, size * 2));
    }
    items[size++] = item;
  }

  void order() {
    for (int i = (size - 2) / WAYS; i >= 0 && size > 1; i--) {
      sink(i, items[i]);
    }
  }

  void push(long item) {
    append(item);
    int hole = size - 1;
    while (hole > 0) {
      int parent = (hole - 1) / WAYS;
      if (items[parent] <= item) {
        break;
      }
      items[hole] = items[parent];
      hole = parent;
    }
    items[hole] = item;
  }

  long pop() {
    long top = items[0];
    long last = items[--size];
    if (size > 0) {
      sink(0, last);
    }
    return top;
  }

  private void sink(int hole, long item) {
    while (true) {
      int child = hole * WAYS + 1;
      if (child >= size) {
        break;
      }
      int end = Math.min(child + WAYS, size);
      int least = child;
      for (int i = child + 1; i < end; i++) {
        if (items[i] < items[least]) {
          least = i;
        }
      }
      if (items[least] >= item) {
        break;
      }
      items[hole] = items[least];
      hole = least;
    }
    items[hole] = item;
  }
}
