package dev.tangram.schedule.block;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tangram.schedule.CacheScope;
import dev.tangram.schedule.Invariant;
import dev.tangram.schedule.Sequence;
import dev.tangram.schedule.admit.AdmissionLimits;
import dev.tangram.schedule.admit.AdmissionQueue;
import dev.tangram.schedule.batch.BatchLimits;
import dev.tangram.schedule.batch.BatchScheduler;
import dev.tangram.schedule.batch.Guessing;
import dev.tangram.schedule.batch.StepPlan;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * One engine in virtual time over ledgers of small blocks: random arrivals that share prefixes,
 * departures and steps, each followed by the ledgers' own check. What a step reads and writes is
 * the subclass's.
 */
abstract class LedgerWorld {
  static final int BLOCK = 4;
  private static final int TICKS = 150;
  private static final PrefixIndex.Hash SHA = PrefixIndex.sha256();

  /** So few keys that different prefixes meet all the time. */
  private static final PrefixIndex.Hash WEAK =
      (previous, tokens) -> new PrefixIndex.Key(0, (previous.low() * 31 + tokens[0]) % 7);

  final Random random;
  final BlockLedger ledger;
  final BatchScheduler scheduler;
  final Set<Sequence> here = new HashSet<>();
  private long now;
  long guessed;
  private final AdmissionQueue queue;
  private final int capacity;
  private long ids;

  LedgerWorld(BlockLedger ledger, int blocks, BatchLimits limits, Random random) {
    this.random = random;
    this.ledger = ledger;
    this.capacity = blocks * BLOCK;
    this.queue = new AdmissionQueue(new AdmissionLimits(capacity, 12, 10_000, Long.MAX_VALUE));
    this.scheduler = new BatchScheduler(limits, ledger, queue);
  }

  /** How prefixes are told apart; in every third world badly. */
  static PrefixIndex.Hash hash(long seed) {
    return seed % 3 == 0 ? WEAK : SHA;
  }

  static PrefixIndex.Hash sha() {
    return SHA;
  }

  /** What stands behind one more token: a hash of all tokens up to it. */
  static long next(long state, int token) {
    long mixed = (state + token + 1) * 0x9E3779B97F4A7C15L;
    return mixed ^ (mixed >>> 29);
  }

  /**
   * Does as a step loop does.
   *
   * @param fails whether the step may fail, which ends all who took part in it
   */
  abstract void step(boolean fails);

  void run() {
    for (int tick = 0; tick < TICKS; tick++) {
      int dice = random.nextInt(12);
      if (dice < 4) {
        arriveAtRandom();
      } else if (dice == 4 && !here.isEmpty()) {
        List<Sequence> all = here.stream().sorted((a, b) -> Long.compare(a.id(), b.id())).toList();
        end(all.get(random.nextInt(all.size())));
      } else {
        step(dice == 5);
      }
      ledger.check(scheduler.running());
    }
    stepUntilEmpty();
    assertThat(ledger.held()).isZero();
  }

  final void stepUntilEmpty() {
    for (int left = 20_000; !here.isEmpty(); left--) {
      Invariant.check(left > 0, "%d sequences never end", here.size());
      step(false);
      ledger.check(scheduler.running());
    }
  }

  /** Prompts of a few families that fork, so that they share prefixes of all lengths. */
  private void arriveAtRandom() {
    int length = 1 + random.nextInt(capacity);
    int family = random.nextInt(3);
    int fork = random.nextInt(2 * length);
    int[] prompt = new int[length];
    for (int i = 0; i < length; i++) {
      prompt[i] = family * 1_000 + i + (i >= fork ? 100 : 0);
    }
    arrive(prompt, 1 + random.nextInt(capacity));
  }

  final Sequence arrive(int[] prompt, int tokensMax) {
    boolean scores = here.size() > 3 && random.nextInt(8) == 0;
    Sequence sequence = new Sequence(++ids, CacheScope.LOCAL, prompt, tokensMax, scores, now);
    if (queue.offer(sequence).isEmpty()) {
      here.add(sequence);
    }
    return sequence;
  }

  /** The next step, with guesses of whoever decodes. */
  final StepPlan plan() {
    Guessing.propose(scheduler, random);
    return scheduler.plan(++now);
  }

  /** Appends what a step draws; tells who ends with it. */
  final List<Sequence> draw(StepPlan plan) {
    return plan.work().stream()
        .filter(work -> Guessing.draw(work, random))
        .map(StepPlan.Work::sequence)
        .toList();
  }

  void end(Sequence sequence) {
    assertThat(here.remove(sequence)).isTrue();
    assertThat(scheduler.retire(sequence)).isTrue();
  }
}
