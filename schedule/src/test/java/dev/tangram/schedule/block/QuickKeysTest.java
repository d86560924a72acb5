package dev.tangram.schedule.block;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tangram.schedule.CacheScope;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class QuickKeysTest {
  private static final long SEED = 5;

  @Test
  void keysDifferWhereTokensDo() {
    Random random = new Random(SEED);
    PrefixIndex index = new PrefixIndex(PrefixIndex.quick());
    Set<PrefixIndex.Key> keys = new HashSet<>();
    PrefixIndex.Key start = PrefixIndex.start(CacheScope.LOCAL);
    int made = 0;
    for (int i = 0; i < 100_000; i++) {
      // Runs of one id, as the prompts of traces are, and chains of two blocks of them.
      int[] block = new int[16];
      Arrays.fill(block, i);
      PrefixIndex.Key key = index.next(start, block);
      keys.add(key);
      block[random.nextInt(16)]++;
      keys.add(index.next(start, block));
      keys.add(index.next(key, block));
      made += 3;
    }
    assertThat(keys).as("seed=%d", SEED).hasSize(made);
  }

  @Test
  void scopesDoNotMeet() {
    PrefixIndex index = new PrefixIndex(PrefixIndex.quick());
    int[] block = new int[16];

    assertThat(index.next(PrefixIndex.start(new CacheScope(1, 2)), block))
        .isNotEqualTo(index.next(PrefixIndex.start(new CacheScope(2, 1)), block));
  }
}
