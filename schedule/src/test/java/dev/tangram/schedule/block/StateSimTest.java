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
import dev.tangram.schedule.batch.Settlement;
import dev.tangram.schedule.batch.StepPlan;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Random worlds whose sequences have a recurrent state: a hash chain of their tokens, kept in slots
 * that are moved by the scheduler's orders alone. A state of another sequence, of another position
 * or of yesterday is a wrong number.
 */
class StateSimTest {
  private static final int SEEDS = 3_000;
  private static final int BLOCK = 4;
  private static final PrefixIndex.Hash SHA = PrefixIndex.sha256();

  /** So few keys that different prefixes meet all the time. */
  private static final PrefixIndex.Hash WEAK =
      (previous, tokens) -> new PrefixIndex.Key(0, (previous.low() * 31 + tokens[0]) % 7);

  @Test
  void everyStepFindsTheStateOfItsOwnTokens() {
    long restored = 0;
    long preempted = 0;
    long failures = 0;
    long guessed = 0;
    long refused = 0;
    for (long seed = 1; seed <= SEEDS; seed++) {
      try {
        World world = new World(seed);
        world.run();
        restored += world.states.restored();
        preempted += world.scheduler.preemptions();
        failures += world.failures;
        guessed += world.guessed;
        refused += world.refused;
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed=" + seed + " (replay: new World(" + seed + "L).run())", e);
      }
    }
    assertThat(restored).as("worlds in which something happens").isGreaterThan(SEEDS);
    assertThat(preempted).isGreaterThan(SEEDS / 2);
    assertThat(failures).isGreaterThan(SEEDS / 2);
    assertThat(guessed).isGreaterThan(10L * SEEDS);
    assertThat(refused).isGreaterThan(SEEDS);
  }

  @Test
  void theSamePromptAndALongerOneGoOnFromItsLastBlock() {
    World world = new World(2, 8, 64, 64, SHA);
    Sequence first = world.arrive(IntStream.range(0, 21).toArray(), 1);
    world.stepUntilEmpty();
    Sequence same = world.arrive(IntStream.range(0, 21).toArray(), 1);
    world.stepUntilEmpty();
    Sequence longer = world.arrive(IntStream.range(0, 40).toArray(), 1);
    world.stepUntilEmpty();
    assertThat(first.cached()).isZero();
    assertThat(same.cached()).isEqualTo(20);
    assertThat(longer.cached()).isEqualTo(20);
  }

  @Test
  void theNextTurnOfAChatGoesOnNearTheEndOfTheAnswer() {
    World world = new World(2, 8, 64, 64, SHA);
    Sequence turn = world.arrive(IntStream.range(0, 10).toArray(), 25);
    world.stepUntilEmpty();
    int[] next = new int[turn.length() + 5];
    for (int i = 0; i < turn.length(); i++) {
      next[i] = turn.token(i);
    }
    Sequence second = world.arrive(next, 1);
    world.stepUntilEmpty();
    assertThat(second.cached()).as("34 of 35 tokens had run").isEqualTo(32);
    assertThat(world.states.snapshotsHeld())
        .as("two prompts, the end of each answer, and no step between")
        .isLessThanOrEqualTo(4);
  }

  @Test
  void aLongPromptLeavesSnapshotsOnItsWay() {
    World world = new World(2, 16, 64, 64, SHA);
    world.arrive(IntStream.range(0, 100).toArray(), 1);
    world.stepUntilEmpty();
    int[] fork = IntStream.range(0, 100).toArray();
    fork[70] = 7_777;
    Sequence other = world.arrive(fork, 1);
    world.stepUntilEmpty();
    assertThat(other.cached()).as("the fork is at 70, snapshots stand every 16").isEqualTo(64);
  }

  @Test
  void withoutRoomForSnapshotsNoPrefixIsTakenOver() {
    World world = new World(2, 0, 64, 64, SHA);
    for (int i = 0; i < 3; i++) {
      Sequence sequence = world.arrive(IntStream.range(0, 30).toArray(), 3);
      world.stepUntilEmpty();
      assertThat(sequence.cached()).isZero();
    }
  }

  @Test
  void longAnswersDoNotDriveOutThePrompts() {
    World world = new World(4, 8, 400, 64, SHA);
    int[] prompt = IntStream.range(0, 30).toArray();
    world.arrive(prompt, 1);
    world.stepUntilEmpty();
    for (int i = 0; i < 4; i++) {
      int base = 1_000 * (i + 1);
      world.arrive(IntStream.range(base, base + 3).toArray(), 200);
    }
    world.stepUntilEmpty();
    Sequence again = world.arrive(prompt, 1);
    world.stepUntilEmpty();
    assertThat(again.cached()).isEqualTo(28);
  }

  /** One engine in virtual time, with numbers for its memory. */
  private static final class World {
    final Random random;
    final StateLedger states;
    final BlockLedger ledger;
    final AdmissionQueue queue;
    final BatchScheduler scheduler;
    final int capacity;
    final long[] memory;
    final Set<Sequence> here = new HashSet<>();
    long ids;
    long now;
    int failures;
    long guessed;
    long refused;

    World(long seed) {
      this(
          1 + (int) (seed % 5),
          (int) (seed % 4),
          (int) (seed % 8),
          5 + (int) (seed % 17),
          5 + (int) (seed % 23),
          seed % 3 == 0 ? WEAK : SHA,
          new Random(seed));
    }

    World(int sequencesMax, int snapshots, int blocks, int tokensMax, PrefixIndex.Hash hash) {
      this(sequencesMax, 0, snapshots, blocks, tokensMax, hash, new Random(1));
    }

    private World(
        int sequencesMax,
        int spares,
        int snapshots,
        int blocks,
        int tokensMax,
        PrefixIndex.Hash hash,
        Random random) {
      this.random = random;
      this.capacity = blocks * BLOCK;
      this.states = new StateLedger(sequencesMax, spares, snapshots, BLOCK, 4 * BLOCK);
      this.ledger = new BlockLedger(blocks, BLOCK, states, null, hash);
      this.queue = new AdmissionQueue(new AdmissionLimits(capacity, 12, 10_000, Long.MAX_VALUE));
      // One sequence more than there are slots, so that admission has to wait for a slot.
      this.scheduler =
          new BatchScheduler(new BatchLimits(sequencesMax + 1, tokensMax + 1, 3), ledger, queue);
      this.memory = random.longs(sequencesMax + spares + snapshots).toArray();
    }

    void run() {
      for (int tick = 0; tick < 150; tick++) {
        int dice = random.nextInt(12);
        if (dice < 4) {
          arriveAtRandom();
        } else if (dice == 4 && !here.isEmpty()) {
          List<Sequence> all =
              here.stream().sorted((a, b) -> Long.compare(a.id(), b.id())).toList();
          end(all.get(random.nextInt(all.size())));
        } else {
          step(dice == 5);
        }
        ledger.check(scheduler.running());
      }
      stepUntilEmpty();
      assertThat(ledger.held()).isZero();
      assertThat(states.slotsFree()).isPositive();
    }

    void stepUntilEmpty() {
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

    Sequence arrive(int[] prompt, int tokensMax) {
      boolean scores = here.size() > 3 && random.nextInt(8) == 0;
      Sequence sequence = new Sequence(++ids, CacheScope.LOCAL, prompt, tokensMax, scores, now);
      if (queue.offer(sequence).isEmpty()) {
        here.add(sequence);
      }
      return sequence;
    }

    /** Does as a step loop does; a step that fails ends all who took part in it. */
    void step(boolean fails) {
      Guessing.propose(scheduler, random);
      StepPlan plan = scheduler.plan(++now);
      for (StepPlan.Work work : plan.work()) {
        StateOrder order = work.state();
        assertThat(order.slot()).isBetween(0, slots() - 1);
        assertThat(order.slot() == work.sequence().slot()).isEqualTo(work.drafts() == 0);
        if (order.from() == StateOrder.CLEAR) {
          memory[order.slot()] = 0;
        } else if (order.from() != StateOrder.NOTHING) {
          assertThat(order.from() >= slots()).isEqualTo(work.drafts() == 0);
          memory[order.slot()] = memory[order.from()];
        }
      }
      for (StepPlan.Work work : plan.work()) {
        Sequence sequence = work.sequence();
        int slot = work.state().slot();
        assertThat(memory[slot]).as("%s", sequence).isEqualTo(chain(sequence, work.position()));
        for (int i = 0; i < work.count(); i++) {
          memory[slot] = next(memory[slot], Guessing.token(sequence, work.position() + i));
        }
      }
      if (fails) {
        failures += plan.isEmpty() ? 0 : 1;
        plan.work().forEach(work -> end(work.sequence()));
        return;
      }
      for (StepPlan.Work work : plan.work()) {
        if (work.state().to() != StateOrder.NOTHING) {
          assertThat(work.state().to()).isGreaterThanOrEqualTo(slots());
          memory[work.state().to()] = memory[work.state().slot()];
        }
      }
      List<Sequence> ended =
          plan.work().stream()
              .filter(work -> Guessing.draw(work, random))
              .map(StepPlan.Work::sequence)
              .toList();
      settle(scheduler.ran(plan));
      for (StepPlan.Work work : plan.work()) {
        guessed += work.drafts();
        Sequence sequence = work.sequence();
        assertThat(memory[sequence.slot()])
            .as("%s after %s", sequence, work)
            .isEqualTo(chain(sequence, sequence.computed()));
      }
      ended.forEach(this::end);
    }

    private void settle(List<Settlement> settlements) {
      for (Settlement settlement : settlements) {
        Sequence sequence = settlement.work().sequence();
        assertThat(settlement.slot()).isEqualTo(sequence.slot());
        refused += settlement.again() > 0 ? 1 : 0;
        for (int i = 0; i < settlement.again(); i++) {
          int token = sequence.token(settlement.work().position() + i);
          memory[settlement.slot()] = next(memory[settlement.slot()], token);
        }
        if (settlement.to() != StateOrder.NOTHING) {
          assertThat(settlement.to()).isGreaterThanOrEqualTo(slots());
          memory[settlement.to()] = memory[settlement.slot()];
        }
      }
    }

    private int slots() {
      return states.slots();
    }

    private static long chain(Sequence sequence, int count) {
      long state = 0;
      for (int i = 0; i < count; i++) {
        state = next(state, sequence.token(i));
      }
      return state;
    }

    private static long next(long state, int token) {
      long mixed = (state + token + 1) * 0x9E3779B97F4A7C15L;
      return mixed ^ (mixed >>> 29);
    }

    void end(Sequence sequence) {
      assertThat(here.remove(sequence)).isTrue();
      assertThat(scheduler.retire(sequence)).isTrue();
      assertThat(sequence.slot()).isEqualTo(-1);
    }
  }
}
