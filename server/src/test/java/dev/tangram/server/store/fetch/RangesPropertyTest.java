package dev.tangram.server.store.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tangram.server.store.fetch.Ranges.Range;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Ranges against a set of single bytes. */
class RangesPropertyTest {
  @Test
  void agreeWithABitSet() {
    long seed = System.nanoTime();
    System.out.println("RangesPropertyTest seed=" + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 2_000; round++) {
      int total = 1 + random.nextInt(60);
      Ranges ranges = new Ranges();
      BitSet bytes = new BitSet();
      for (int n = random.nextInt(8); n > 0; n--) {
        int start = random.nextInt(total);
        int end = start + 1 + random.nextInt(total - start);
        ranges.add(start, end);
        bytes.set(start, end);
      }
      assertThat(ranges.bytes()).isEqualTo(bytes.cardinality());
      assertThat(ranges.end()).isEqualTo(bytes.length());
      assertThat(bitsOf(ranges.missing(total))).isEqualTo(inverse(bytes, total));
      List<Range> segments = ranges.segments(total, 1 + random.nextInt(5), 1 + random.nextInt(20));
      assertThat(bitsOf(segments)).isEqualTo(inverse(bytes, total));
      long sum = segments.stream().mapToLong(Range::bytes).sum();
      assertThat(sum).as("no byte twice").isEqualTo(total - bytes.cardinality());
    }
  }

  @Test
  void cutIntoOnePiecePerConnection() {
    assertThat(new Ranges().segments(1000, 4, 10)).hasSize(4);
    assertThat(new Ranges().segments(1000, 4, 400)).hasSize(3);
    assertThat(new Ranges().segments(1000, 4, 2000)).containsExactly(new Range(0, 1000));
  }

  private static BitSet bitsOf(List<Range> ranges) {
    BitSet bits = new BitSet();
    ranges.forEach(range -> bits.set((int) range.start(), (int) range.end()));
    return bits;
  }

  private static BitSet inverse(BitSet bytes, int total) {
    BitSet inverse = (BitSet) bytes.clone();
    inverse.flip(0, total);
    return inverse;
  }
}
