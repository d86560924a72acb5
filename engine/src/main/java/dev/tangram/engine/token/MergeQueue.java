package dev.tangram.engine.token;

import java.util.Arrays;

/**
 * Longs, the smallest first. What is pushed goes on a heap; when the sorted run is used up, all of
 * the heap is sorted and becomes the next run. Merges of a long monotonous word push in nearly
 * sorted order, so almost all of them are taken from a run, in sequence through memory, where a
 * heap alone would miss the cache at every level. Each item is pushed once and sorted once: O(log
 * n) each.
 */
final class MergeQueue {
  private static final int WAYS = 4;

  private long[] run = {};
  private int head;
  private int end;
  private long[] heap = {};
  private int size;

  boolean isEmpty() {
    return head == end && size == 0;
  }

  void clear() {
    head = 0;
    end = 0;
    size = 0;
  }

  void push(long item) {
    if (size == heap.length) {
      heap = Arrays.copyOf(heap, Math.max(256, size * 2));
    }
    int hole = size++;
    while (hole > 0) {
      int parent = (hole - 1) / WAYS;
      if (heap[parent] <= item) {
        break;
      }
      heap[hole] = heap[parent];
      hole = parent;
    }
    heap[hole] = item;
  }

  /** The smallest item, taken out; the queue must not be empty. */
  long pop() {
    if (head == end) {
      sortHeap();
    }
    return size == 0 || run[head] <= heap[0] ? run[head++] : popHeap();
  }

  private void sortHeap() {
    long[] used = run;
    run = heap;
    heap = used;
    head = 0;
    end = size;
    size = 0;
    Arrays.sort(run, 0, end);
  }

  private long popHeap() {
    long top = heap[0];
    long last = heap[--size];
    int hole = 0;
    while (true) {
      int child = hole * WAYS + 1;
      if (child >= size) {
        break;
      }
      int least = child;
      for (int i = child + 1; i < Math.min(child + WAYS, size); i++) {
        if (heap[i] < heap[least]) {
          least = i;
        }
      }
      if (heap[least] >= last) {
        break;
      }
      heap[hole] = heap[least];
      hole = least;
    }
    heap[hole] = last;
    return top;
  }
}
