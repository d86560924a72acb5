package dev.tangram.schedule.block;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tangram.schedule.CacheScope;
import dev.tangram.schedule.Sequence;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BlockLedgerTest {
  private static final CacheScope ALICE = new CacheScope(1, 2);
  private static final CacheScope BOB = new CacheScope(3, 4);
  private long ids;

  private Sequence sequence(CacheScope scope, int... prompt) {
    return new Sequence(++ids, scope, prompt, 100, false, 0);
  }

  private static int[] range(int count) {
    return IntStream.range(0, count).toArray();
  }

  private static void compute(BlockLedger ledger, Sequence sequence) {
    assertThat(ledger.extend(sequence, sequence.length())).isTrue();
    int before = sequence.computed();
    sequence.advance(sequence.pending());
    ledger.publish(sequence, before);
  }

  @Test
  void aSecondSequenceTakesOverTheWholeBlocksOfTheSamePrefix() {
    BlockLedger ledger = new BlockLedger(16, 4);
    Sequence first = sequence(ALICE, range(11));
    ledger.attachPrefix(first);
    compute(ledger, first);

    Sequence second = sequence(ALICE, range(11));
    ledger.attachPrefix(second);

    assertThat(second.computed()).isEqualTo(8);
    assertThat(second.block(0)).isEqualTo(first.block(0));
    assertThat(second.block(1)).isEqualTo(first.block(1));
    assertThat(ledger.held()).isEqualTo(3);
    ledger.check(List.of(first, second));
  }

  @Test
  void oneTokenIsAlwaysLeftToRun() {
    BlockLedger ledger = new BlockLedger(16, 4);
    Sequence first = sequence(ALICE, range(8));
    compute(ledger, first);

    Sequence second = sequence(ALICE, range(8));
    ledger.attachPrefix(second);

    assertThat(second.computed()).isEqualTo(4);
  }

  @Test
  void anotherScopeSharesNothing() {
    BlockLedger ledger = new BlockLedger(16, 4);
    Sequence alice = sequence(ALICE, range(12));
    compute(ledger, alice);

    Sequence bob = sequence(BOB, range(12));
    ledger.attachPrefix(bob);

    assertThat(bob.computed()).isZero();
    assertThat(bob.blockCount()).isZero();
  }

  @Test
  void aHashCollisionIsAMiss() {
    PrefixIndex.Key same = new PrefixIndex.Key(7, 7);
    BlockLedger ledger = new BlockLedger(16, 4, null, null, (previous, tokens) -> same);
    Sequence first = sequence(ALICE, 1, 2, 3, 4, 5);
    compute(ledger, first);

    Sequence other = sequence(BOB, 9, 9, 9, 9, 5);
    ledger.attachPrefix(other);
    assertThat(other.computed()).isZero();
    compute(ledger, other);

    Sequence again = sequence(ALICE, 1, 2, 3, 4, 5);
    ledger.attachPrefix(again);
    assertThat(again.computed()).as("the collision displaced it").isZero();
    ledger.check(List.of(first, other, again));
  }

  @Test
  void releasedPrefixesStayCachedUntilTheirBlocksAreNeeded() {
    BlockLedger ledger = new BlockLedger(4, 4);
    Sequence first = sequence(ALICE, range(9));
    compute(ledger, first);
    ledger.release(first);
    assertThat(ledger.cached()).isEqualTo(2);
    assertThat(ledger.available()).isEqualTo(4);

    Sequence stranger = sequence(BOB, range(12));
    compute(ledger, stranger);

    assertThat(ledger.cached()).as("the leaf went first, its parent stays").isEqualTo(1);
    Sequence again = sequence(ALICE, range(9));
    ledger.attachPrefix(again);
    assertThat(again.computed()).isEqualTo(4);
    ledger.check(List.of(stranger, again));
  }

  @Test
  void extendChangesNothingWhenItCannotGiveAll() {
    BlockLedger ledger = new BlockLedger(2, 4);
    Sequence big = sequence(ALICE, range(12));
    assertThat(ledger.extend(big, 12)).isFalse();
    assertThat(big.blockCount()).isZero();
    assertThat(ledger.available()).isEqualTo(2);
  }

  @Test
  void equalPrefixesComputedAtTheSameTimeAreListedOnce() {
    BlockLedger ledger = new BlockLedger(16, 4);
    Sequence first = sequence(ALICE, range(10));
    Sequence twin = sequence(ALICE, range(10));
    compute(ledger, first);
    compute(ledger, twin);
    ledger.release(first);
    ledger.release(twin);
    assertThat(ledger.cached()).isEqualTo(2);
    ledger.check(List.of());
  }

  @Test
  void lookingUpOftenDoesNotGrowMemory() {
    BlockLedger ledger = new BlockLedger(8, 4);
    int[] prompt = range(9);
    for (int i = 0; i < 10_000; i++) {
      Sequence sequence = sequence(ALICE, Arrays.copyOf(prompt, 9));
      ledger.attachPrefix(sequence);
      compute(ledger, sequence);
      ledger.release(sequence);
    }
    assertThat(ledger.cachedBlocks()).hasSize(2);
    assertThat(ledger.hitTokens()).isEqualTo(8 * 9_999);
    ledger.check(List.of());
  }
}
