package dev.tangram.engine.token;

import java.util.Arrays;

/** A growing list of token ids, owned by one encode call. */
final class Ids {
  private int[] items;
  private int size;

  Ids(int expected) {
    items = new int[Math.max(16, expected)];
  }

  void add(int id) {
    if (size == items.length) {
      items = Arrays.copyOf(items, size * 2);
    }
    items[size++] = id;
  }

  void addAll(int[] ids) {
    for (int id : ids) {
      add(id);
    }
  }

  int size() {
    return size;
  }

  /** A copy of the ids from an index to the end. */
  int[] from(int index) {
    return Arrays.copyOfRange(items, index, size);
  }
}
