package dev.tangram.fleet.sim;

import java.util.Arrays;

/**
 * What will happen when, earliest first; of things at the same time the one that was added first. A
 * binary heap in flat arrays: adding and taking make no objects.
 */
final class EventQueue {
  private long[] times = new long[64];
  private long[] orders = new long[64];
  private long[] what = new long[64];
  private int size;
  private long added;

  boolean isEmpty() {
    return size == 0;
  }

  /** Time of the first event; there must be one. */
  long time() {
    return times[0];
  }

  void add(long time, long event) {
    if (size == times.length) {
      times = Arrays.copyOf(times, 2 * size);
      orders = Arrays.copyOf(orders, 2 * size);
      what = Arrays.copyOf(what, 2 * size);
    }
    long order = added++;
    int i = size++;
    while (i > 0) {
      int parent = (i - 1) >>> 1;
      if (times[parent] < time || (times[parent] == time && orders[parent] < order)) {
        break;
      }
      move(parent, i);
      i = parent;
    }
    put(i, time, order, event);
  }

  /** Takes the first event away; there must be one. */
  long take() {
    long first = what[0];
    size--;
    long time = times[size];
    long order = orders[size];
    long event = what[size];
    int i = 0;
    while (true) {
      int child = 2 * i + 1;
      if (child >= size) {
        break;
      }
      if (child + 1 < size && before(child + 1, child)) {
        child++;
      }
      if (time < times[child] || (time == times[child] && order < orders[child])) {
        break;
      }
      move(child, i);
      i = child;
    }
    put(i, time, order, event);
    return first;
  }

  private boolean before(int a, int b) {
    return times[a] < times[b] || (times[a] == times[b] && orders[a] < orders[b]);
  }

  private void move(int from, int to) {
    put(to, times[from], orders[from], what[from]);
  }

  private void put(int i, long time, long order, long event) {
    times[i] = time;
    orders[i] = order;
    what[i] = event;
  }
}
