package dev.tangram.schedule.route;

import java.util.LinkedHashSet;
import java.util.SequencedSet;

/**
 * What one replica probably has cached: the stretches of the prompts that were sent there, of which
 * it drops the least recently used ones when its memory is full. No replica is asked.
 */
final class StretchMemory {
  // Least recently used first.
  private final SequencedSet<Integer> stretches = new LinkedHashSet<>();

  /** Leading ids that are cached. */
  int matched(int[] prefix) {
    int matched = 0;
    while (matched < prefix.length && stretches.contains(prefix[matched])) {
      matched++;
    }
    return matched;
  }

  /** A prompt was sent there; {@code stretchesMax} fit. */
  void read(int[] prefix, long stretchesMax) {
    // The front is used last, so that what is dropped first is an end and nothing hangs on it.
    for (int i = prefix.length - 1; i >= 0; i--) {
      stretches.addLast(prefix[i]);
    }
    while (stretches.size() > stretchesMax) {
      stretches.removeFirst();
    }
  }

  int size() {
    return stretches.size();
  }
}
