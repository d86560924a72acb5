package dev.tangram.engine.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** MF-2: the verdicts of {@link Extent} against arithmetic that cannot overflow. */
class ExtentPropertyTest {
  private static final int TRIPLES = 10_000_000;

  @Test
  void agreesWithBigIntegersOnEveryTripleOfBoundaries() {
    long[] values = boundaries();
    for (long offset : values) {
      for (long size : values) {
        for (long limit : values) {
          check(offset, size, limit, "boundaries");
        }
      }
    }
  }

  @Test
  void agreesWithBigIntegersOnRandomTriples() {
    long seed = Long.getLong("seed", System.nanoTime());
    String replay =
        "seed=" + seed + ": mvn -pl engine -am test -Dtest=ExtentPropertyTest -Dseed=" + seed;
    System.out.println(replay);
    SplittableRandom random = new SplittableRandom(seed);
    long[] near = boundaries();
    for (int i = 0; i < TRIPLES; i++) {
      check(value(random, near), value(random, near), value(random, near), replay);
    }
  }

  @Test
  void ofThrowsExactlyWhereFitsSaysNo() {
    assertThat(Extent.of(3, 4, 7)).isEqualTo(new Extent(3, 4));
    assertThat(Extent.of(7, 0, 7).end()).isEqualTo(7);
    assertThatThrownBy(() -> Extent.of(4, 4, 7))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessage("offset 4, size 4 does not fit in 7 bytes");
    assertThatThrownBy(() -> Extent.of(Long.MAX_VALUE, 1, Long.MAX_VALUE))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> new Extent(Long.MAX_VALUE, 1))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> new Extent(-1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void rangesOverlapIfTheyShareAByte() {
    assertThat(new Extent(0, 4).overlaps(new Extent(3, 1))).isTrue();
    assertThat(new Extent(0, 4).overlaps(new Extent(4, 1))).isFalse();
    assertThat(new Extent(4, 1).overlaps(new Extent(0, 4))).isFalse();
    assertThat(new Extent(0, 4).overlaps(new Extent(2, 0))).isFalse();
  }

  private static void check(long offset, long size, long limit, String replay) {
    if (Extent.fits(offset, size, limit) != expected(offset, size, limit)) {
      throw new AssertionError(
          "offset %d size %d limit %d; %s".formatted(offset, size, limit, replay));
    }
  }

  private static boolean expected(long offset, long size, long limit) {
    return offset >= 0
        && size >= 0
        && BigInteger.valueOf(offset)
                .add(BigInteger.valueOf(size))
                .compareTo(BigInteger.valueOf(limit))
            <= 0;
  }

  /**
   * One third near a boundary, one third of a random width, one third small, so that both verdicts
   * are common.
   */
  private static long value(SplittableRandom random, long[] near) {
    return switch (random.nextInt(3)) {
      case 0 -> near[random.nextInt(near.length)] + random.nextInt(-2, 3);
      case 1 -> random.nextLong() >>> random.nextInt(64);
      default -> random.nextLong(64);
    };
  }

  private static long[] boundaries() {
    List<Long> values = new ArrayList<>(List.of(0L, Long.MIN_VALUE, Long.MAX_VALUE));
    for (int bit = 0; bit < 64; bit++) {
      for (long delta = -1; delta <= 1; delta++) {
        values.add((1L << bit) + delta);
        values.add(-(1L << bit) + delta);
      }
    }
    return values.stream().mapToLong(Long::longValue).distinct().toArray();
  }
}
