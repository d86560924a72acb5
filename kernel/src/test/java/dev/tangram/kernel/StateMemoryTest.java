package dev.tangram.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StateMemoryTest {
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

  /** A limit beyond any machine: a slot takes memory when it is first needed, and once. */
  @Test
  void takesMemoryWhenASlotIsUsed() {
    try (StateMemory state = new StateMemory(36, 1 << 20, 3 * 8192, 32 * 128 * 128)) {
      assertThat(state.slots()).isEqualTo(1 << 20);
      assertThat(state.layers()).isEqualTo(36);
      assertThat(state.bytesHeld()).isZero();
    }
    try (StateMemory state = new StateMemory(2, 100, 6, 8)) {
      long slot = StateMemory.bytesPerSlot(2, 6, 8);
      assertThat(slot).isEqualTo(2 * 14 * 4);
      state.clear(7);
      assertThat(state.bytesHeld()).isEqualTo(slot);
      state.clear(7);
      assertThat(state.bytesHeld()).as("the same slot").isEqualTo(slot);
      state.copy(7, 99);
      assertThat(state.bytesHeld()).as("a copy").isEqualTo(2 * slot);
      state.copy(7, 99);
      state.copy(99, 99);
      assertThat(state.bytesHeld()).isEqualTo(2 * slot);
    }
  }

  /** The state of Qwen3-Next-80B-A3B, as its configuration gives it. */
  @Test
  void sizeOfARealModel() {
    DeltaShape shape = new DeltaShape(16, 32, 128, 128, false);
    assertThat(StateMemory.bytesPerSlot(36, 3 * shape.channels(), shape.recurrent()))
        .isEqualTo(79_036_416);
    assertThatThrownBy(() -> StateMemory.bytesPerSlot(1 << 20, Long.MAX_VALUE / 8, 1))
        .isInstanceOf(ArithmeticException.class);
    assertThatThrownBy(() -> new StateMemory(1 << 10, 1 << 24, 1L << 20, 1L << 30))
        .isInstanceOf(ArithmeticException.class);
  }

  /** Every layer of every slot has a place of its own. */
  @Test
  void placesDoNotOverlap() {
    try (StateMemory state = new StateMemory(3, 4, 5, 7)) {
      for (int slot = 0; slot < 4; slot++) {
        state.clear(slot);
        for (int layer = 0; layer < 3; layer++) {
          fill(state.convolution(layer, slot), 100 * slot + 10 * layer);
          fill(state.recurrent(layer, slot), 100 * slot + 10 * layer + 1);
        }
      }
      for (int slot = 0; slot < 4; slot++) {
        for (int layer = 0; layer < 3; layer++) {
          assertThat(state.convolution(layer, slot).toArray(FLOAT))
              .hasSize(5)
              .containsOnly(100 * slot + 10 * layer);
          assertThat(state.recurrent(layer, slot).toArray(FLOAT))
              .hasSize(7)
              .containsOnly(100 * slot + 10 * layer + 1);
        }
      }
    }
  }

  private static void fill(MemorySegment segment, float value) {
    for (long i = 0; i < segment.byteSize() / Float.BYTES; i++) {
      segment.setAtIndex(FLOAT, i, value);
    }
  }

  @Test
  void copiesAndClearsAllLayersOfOneSlot() {
    try (StateMemory state = new StateMemory(2, 3, 2, 3)) {
      state.clear(0);
      assertThat(state.recurrent(1, 0).toArray(FLOAT)).containsExactly(0, 0, 0);
      fill(state.convolution(0, 0), 1);
      fill(state.recurrent(1, 0), 2);
      state.copy(0, 2);
      fill(state.recurrent(1, 0), 3);
      assertThat(state.convolution(0, 2).toArray(FLOAT)).containsOnly(1);
      assertThat(state.recurrent(0, 2).toArray(FLOAT)).containsOnly(0);
      assertThat(state.recurrent(1, 2).toArray(FLOAT)).as("a snapshot stays").containsOnly(2);
      state.clear(0);
      assertThat(state.convolution(0, 0).toArray(FLOAT)).containsOnly(0);
      assertThat(state.recurrent(1, 0).toArray(FLOAT)).containsOnly(0);
      state.copy(2, 0);
      assertThat(state.recurrent(1, 0).toArray(FLOAT)).containsOnly(2);
    }
  }

  @Test
  void refusesWhatIsNotThere() {
    try (StateMemory state = new StateMemory(2, 3, 2, 3)) {
      state.clear(1);
      assertThatThrownBy(() -> state.recurrent(0, 0))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("slot 0 was never cleared or copied to");
      assertThatThrownBy(() -> state.copy(2, 0)).isInstanceOf(IllegalStateException.class);
      assertThat(state.bytesHeld()).isEqualTo(2 * 5 * 4);
      for (int slot : new int[] {-1, 3}) {
        assertThatThrownBy(() -> state.clear(slot)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> state.copy(1, slot)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> state.copy(slot, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> state.convolution(0, slot))
            .isInstanceOf(IndexOutOfBoundsException.class);
      }
      for (int layer : new int[] {-1, 2}) {
        assertThatThrownBy(() -> state.recurrent(layer, 1))
            .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> state.convolution(layer, 1))
            .isInstanceOf(IndexOutOfBoundsException.class);
      }
      MemorySegment recurrent = state.recurrent(0, 1);
      assertThatThrownBy(() -> recurrent.getAtIndex(FLOAT, 3))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
    assertThatThrownBy(() -> new StateMemory(0, 1, 1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("layers 0");
    assertThatThrownBy(() -> new StateMemory(1, 0, 1, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void closedMemoryThrows() {
    StateMemory state = new StateMemory(1, 1, 2, 3);
    state.clear(0);
    MemorySegment recurrent = state.recurrent(0, 0);
    state.close();
    assertThatThrownBy(() -> recurrent.getAtIndex(FLOAT, 0))
        .isInstanceOf(IllegalStateException.class);
  }

  /** Each element of S has one place, and together they fill the layer. */
  @Test
  void indexesOfAHeadsState() {
    for (int values : new int[] {1, 16, 31, 32, 33, 64, 100}) {
      DeltaShape shape = new DeltaShape(1, 3, 5, values, false);
      boolean[] taken = new boolean[Math.toIntExact(shape.recurrent())];
      for (int head = 0; head < 3; head++) {
        for (int key = 0; key < 5; key++) {
          for (int value = 0; value < values; value++) {
            int at = Math.toIntExact(shape.index(head, key, value));
            assertThat(taken[at]).as("[%d, %d, %d]", head, key, value).isFalse();
            taken[at] = true;
          }
        }
      }
      assertThat(taken).containsOnly(true);
    }
  }

  @Test
  void valueHeadsShareKeyHeads() {
    DeltaShape grouped = new DeltaShape(2, 6, 1, 1, false);
    DeltaShape tiled = new DeltaShape(2, 6, 1, 1, true);
    assertThat(IntStream.range(0, 6).map(grouped::keyHead)).containsExactly(0, 0, 0, 1, 1, 1);
    assertThat(IntStream.range(0, 6).map(tiled::keyHead)).containsExactly(0, 1, 0, 1, 0, 1);
    assertThatThrownBy(() -> new DeltaShape(4, 6, 1, 1, false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("found 6 and 4");
    assertThatThrownBy(() -> new DeltaShape(1, 1, 0, 1, false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("key size 0");
  }
}
