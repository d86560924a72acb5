package dev.tangram.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class KvMemoryTest {
  private static final int BLOCK = KvMemory.BLOCK_LENGTH;

  private final Workers workers = new Workers(1);

  @AfterEach
  void closeWorkers() {
    workers.close();
  }

  static Stream<String> tiers() {
    return Tiers.names().stream();
  }

  /** A budget beyond any machine: nothing of it is taken before it is written. */
  @ParameterizedTest
  @MethodSource("tiers")
  void takesMemoryWhenItIsWritten(String tier) {
    Kernels kernels = Tiers.of(tier, workers);
    int blocks = 1 << 26;
    try (KvMemory kv = new KvMemory(40, blocks, 2, 64)) {
      assertThat(kv.bytes())
          .isEqualTo(40L * blocks * 2 * 2 * 64 * BLOCK * 4)
          .isGreaterThan(1L << 44);
      assertThat(kv.bytesHeld()).isZero();
    }
    try (KvMemory kv = new KvMemory(3, 4096, 2, 64)) {
      float[] k = new float[2 * 64];
      kernels.store(kv, 0, List.of(new Span(0, 1, 0, new int[] {0})), k, k);
      long slab = kv.bytesHeld();
      assertThat(slab).isBetween(kv.bytes() / 4096 / 3, 1L << 20);
      kernels.store(kv, 0, List.of(new Span(0, 1, 1, new int[] {0})), k, k);
      assertThat(kv.bytesHeld()).as("the same slab").isEqualTo(slab);
      kernels.store(kv, 2, List.of(new Span(0, 1, 0, new int[] {0})), k, k);
      assertThat(kv.bytesHeld()).as("another layer").isEqualTo(2 * slab);
      kernels.store(kv, 2, List.of(new Span(0, 1, 0, new int[] {4095})), k, k);
      assertThat(kv.bytesHeld()).as("far away").isEqualTo(3 * slab);
    }
  }

  /**
   * All of it written takes what was promised and no more, also where the last slab is not full.
   */
  @ParameterizedTest
  @MethodSource("tiers")
  void neverHoldsMoreThanItSaid(String tier) {
    Kernels kernels = Tiers.of(tier, workers);
    for (int blocks : new int[] {1, 2, 3, 17, 1000, 1025}) {
      try (KvMemory kv = new KvMemory(2, blocks, 1, 4)) {
        float[] k = new float[blocks * BLOCK * 4];
        Span all = new Span(0, blocks * BLOCK, 0, IntStream.range(0, blocks).toArray());
        kernels.store(kv, 0, List.of(all), k, k);
        kernels.store(kv, 1, List.of(all), k, k);
        assertThat(kv.bytesHeld()).isEqualTo(kv.bytes());
      }
    }
  }

  /**
   * The layout that the class promises, read back element by element: both tiers write the same.
   */
  @ParameterizedTest
  @MethodSource("tiers")
  void storesKeysTransposedAndValuesByRow(String tier) {
    Kernels kernels = Tiers.of(tier, workers);
    int kvHeads = 2;
    int size = 20;
    // Whole slabs of neighbours, backwards, all in place before the first is read: none may lie on
    // another.
    int[] table = IntStream.range(0, 40).map(i -> 940 - i).toArray();
    int from = 5;
    int count = 40 * BLOCK - 9;
    float[] k = Weights.numbers((count + 1) * kvHeads * size, new Random(1));
    float[] v = Weights.numbers((count + 1) * kvHeads * size, new Random(2));
    try (KvMemory kv = new KvMemory(2, 1000, kvHeads, size)) {
      kernels.store(kv, 1, List.of(new Span(1, count, from, table)), k, v);
      for (int i = 0; i < count; i++) {
        int block = table[(from + i) / BLOCK];
        int slot = (from + i) % BLOCK;
        MemorySegment slab = kv.slab(1, block);
        for (int h = 0; h < kvHeads; h++) {
          long base = kv.offset(block, h);
          for (int s = 0; s < size; s++) {
            int at = ((i + 1) * kvHeads + h) * size + s;
            assertThat(slab.get(ValueLayout.JAVA_FLOAT, base + (s * BLOCK + slot) * 4L))
                .isEqualTo(k[at]);
            assertThat(
                    slab.get(ValueLayout.JAVA_FLOAT, base + (size * BLOCK + slot * size + s) * 4L))
                .isEqualTo(v[at]);
          }
        }
      }
    }
  }

  @Test
  void refusesWhatIsNotThere() {
    try (KvMemory kv = new KvMemory(1, 5, 2, 8)) {
      assertThatThrownBy(() -> kv.slab(0, 2))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("layer 0, block 2 was never stored");
      assertThatThrownBy(() -> kv.offset(5, 0)).isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> kv.offset(-1, 0)).isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> kv.offset(0, 2)).isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> kv.slabToWrite(1, 0)).isInstanceOf(IndexOutOfBoundsException.class);
    }
    assertThatThrownBy(() -> new KvMemory(1, 0, 1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("blocks 0");
    assertThatThrownBy(() -> new KvMemory(1 << 20, Integer.MAX_VALUE, 1 << 8, 1 << 10))
        .isInstanceOf(ArithmeticException.class);
  }

  @Test
  void closedMemoryThrows() {
    KvMemory kv = new KvMemory(1, 2000, 1, 8);
    MemorySegment slab = kv.slabToWrite(0, 0);
    kv.close();
    assertThatThrownBy(() -> slab.get(ValueLayout.JAVA_FLOAT, 0))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> kv.slabToWrite(0, 1999)).isInstanceOf(IllegalStateException.class);
  }
}
