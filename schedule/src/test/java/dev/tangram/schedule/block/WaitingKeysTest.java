package dev.tangram.schedule.block;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tangram.schedule.CacheScope;
import dev.tangram.schedule.Sequence;
import dev.tangram.schedule.admit.AdmissionLimits;
import dev.tangram.schedule.admit.AdmissionQueue;
import dev.tangram.schedule.batch.BatchLimits;
import dev.tangram.schedule.batch.BatchScheduler;
import dev.tangram.schedule.batch.StepPlan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A sequence that waits is looked up in every step, but its blocks are hashed once. */
class WaitingKeysTest {
  private static final int BLOCK = 4;

  /** What was hashed, block by block. */
  private final List<List<Integer>> hashed = new ArrayList<>();

  private final BlockLedger ledger = ledger(8);
  private long ids;

  private BlockLedger ledger(int blocks) {
    PrefixIndex.Hash hash = PrefixIndex.sha256();
    return new BlockLedger(
        blocks,
        BLOCK,
        null,
        null,
        (previous, tokens) -> {
          hashed.add(Arrays.stream(tokens).boxed().toList());
          return hash.next(previous, tokens);
        });
  }

  private Sequence sequence(int[] prompt, int tokensMax) {
    return new Sequence(++ids, CacheScope.LOCAL, prompt, tokensMax, false, 0);
  }

  /** The numbers from 0, and from {@code fork} on others. */
  private static int[] prompt(int length, int fork) {
    return IntStream.range(0, length).map(i -> i < fork ? i : 100 + i).toArray();
  }

  private void compute(Sequence sequence, int count) {
    int before = sequence.computed();
    assertThat(ledger.extend(sequence, before + count)).isTrue();
    sequence.advance(count);
    ledger.publish(sequence, before);
  }

  /** As the scheduler does with the first of the line when it does not fit. */
  private int lookUp(Sequence waiting) {
    ledger.attachPrefix(waiting);
    int found = waiting.computed();
    ledger.release(waiting);
    waiting.rewind();
    return found;
  }

  @Test
  void thePromptOfTheFirstInLineIsHashedOnceWhileItDoesNotFit() {
    AdmissionQueue queue = new AdmissionQueue(new AdmissionLimits(32, 4, 1_000, Long.MAX_VALUE));
    BatchScheduler scheduler = new BatchScheduler(new BatchLimits(4, 64, 4), ledger, queue);
    Sequence runs = sequence(prompt(9, 9), 9);
    assertThat(queue.offer(runs)).isEmpty();
    step(scheduler);
    Sequence waits = sequence(prompt(31, 8), 1);
    assertThat(queue.offer(waits)).isEmpty();
    hashed.clear();

    while (runs.made() < 9) {
      step(scheduler);
      assertThat(queue.first()).isSameAs(waits);
    }

    assertThat(hashed)
        .as("the two blocks that both share, the first that is not found, two that became full")
        .containsExactly(
            List.of(0, 1, 2, 3),
            List.of(4, 5, 6, 7),
            List.of(108, 109, 110, 111),
            List.of(8, 0, 0, 0),
            List.of(0, 0, 0, 0));
    scheduler.retire(runs);
    StepPlan plan = scheduler.plan(0);
    assertThat(plan.work().getFirst().sequence()).isSameAs(waits);
    assertThat(waits.cached()).isEqualTo(8);
  }

  private static void step(BatchScheduler scheduler) {
    StepPlan plan = scheduler.plan(0);
    plan.work().forEach(work -> work.sequence().append(0));
    scheduler.ran(plan);
  }

  @Test
  void whatIsCachedMeanwhileIsFoundAndOnlyNewBlocksAreHashed() {
    Sequence runs = sequence(prompt(16, 16), 1);
    Sequence waits = sequence(prompt(20, 12), 1);
    List<Integer> found = new ArrayList<>();
    List<Integer> hashings = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      hashed.clear();
      found.add(lookUp(waits));
      hashings.add(hashed.size());
      if (runs.pending() > 0) {
        compute(runs, BLOCK);
      }
    }

    assertThat(found).containsExactly(0, 4, 8, 12, 12);
    assertThat(hashings).containsExactly(1, 1, 1, 1, 0);
  }

  @Test
  void whatIsEvictedMeanwhileIsNotFound() {
    Sequence gone = sequence(prompt(9, 9), 1);
    compute(gone, 9);
    ledger.release(gone);
    Sequence waits = sequence(prompt(9, 9), 1);
    assertThat(lookUp(waits)).isEqualTo(8);

    Sequence stranger = sequence(prompt(32, 0), 1);
    compute(stranger, 32);

    assertThat(lookUp(waits)).isZero();
    ledger.check(List.of(stranger));
  }

  @Test
  void keysAreForgottenWhenItRuns() {
    Sequence sequence = sequence(prompt(9, 9), 1);
    lookUp(sequence);
    assertThat(sequence.keyCount()).isEqualTo(1);

    compute(sequence, 9);

    assertThat(sequence.keyCount()).isZero();
  }
}
