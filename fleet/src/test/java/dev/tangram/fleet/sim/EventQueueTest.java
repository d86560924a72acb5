package dev.tangram.fleet.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EventQueueTest {
  private record Added(long time, long what) {}

  @Test
  void eventsComeInOrderOfTimeThenOfAdding() {
    long seed = 7;
    Random random = new Random(seed);
    EventQueue queue = new EventQueue();
    List<Added> added = new ArrayList<>();
    for (int round = 0; round < 2_000; round++) {
      for (int i = random.nextInt(5); i > 0; i--) {
        Added one = new Added(random.nextInt(50), added.size());
        queue.add(one.time(), one.what());
        added.add(one);
      }
    }
    // A stable sort keeps what was added first before what was added later.
    added.sort(Comparator.comparingLong(Added::time));
    for (Added one : added) {
      assertThat(queue.time()).as("seed=%d", seed).isEqualTo(one.time());
      assertThat(queue.take()).as("seed=%d", seed).isEqualTo(one.what());
    }
    assertThat(queue.isEmpty()).isTrue();
  }

  @Test
  void takingAndAddingMayAlternate() {
    EventQueue queue = new EventQueue();
    queue.add(10, 1);
    queue.add(5, 2);
    assertThat(queue.take()).isEqualTo(2);
    queue.add(10, 3);
    queue.add(7, 4);

    assertThat(queue.take()).isEqualTo(4);
    assertThat(queue.take()).isEqualTo(1);
    assertThat(queue.take()).isEqualTo(3);
  }
}
