package dev.tangram.schedule.block;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tangram.schedule.Sequence;
import dev.tangram.schedule.batch.BatchLimits;
import dev.tangram.schedule.batch.Guessing;
import dev.tangram.schedule.batch.Settlement;
import dev.tangram.schedule.batch.StepPlan;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Random worlds whose sequences have a recurrent state: a hash chain of their tokens, kept in slots
 * that are moved by the scheduler's orders alone. A state of another sequence, of another position
 * or of yesterday is a wrong number.
 */
class StateSimTest {
  private static final int SEEDS = 3_000;

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
    World world = new World(2, 8, 64, 64);
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
    World world = new World(2, 8, 64, 64);
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
    World world = new World(2, 16, 64, 64);
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
    World world = new World(2, 0, 64, 64);
    for (int i = 0; i < 3; i++) {
      Sequence sequence = world.arrive(IntStream.range(0, 30).toArray(), 3);
      world.stepUntilEmpty();
      assertThat(sequence.cached()).isZero();
    }
  }

  @Test
  void longAnswersDoNotDriveOutThePrompts() {
    World world = new World(4, 8, 400, 64);
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

  /** Slots are numbers. */
  private static final class World extends LedgerWorld {
    final StateLedger states;
    final long[] memory;
    int failures;
    long refused;

    World(long seed) {
      this(
          1 + (int) (seed % 5),
          (int) (seed % 4),
          (int) (seed % 8),
          5 + (int) (seed % 17),
          5 + (int) (seed % 23),
          hash(seed),
          new Random(seed));
    }

    World(int sequencesMax, int snapshots, int blocks, int tokensMax) {
      this(sequencesMax, 0, snapshots, blocks, tokensMax, sha(), new Random(1));
    }

    private World(
        int sequencesMax,
        int spares,
        int snapshots,
        int blocks,
        int tokensMax,
        PrefixIndex.Hash hash,
        Random random) {
      StateLedger states = new StateLedger(sequencesMax, spares, snapshots, BLOCK, 4 * BLOCK);
      // One sequence more than there are slots, so that admission has to wait for a slot.
      super(
          new BlockLedger(blocks, BLOCK, states, null, hash),
          blocks,
          new BatchLimits(sequencesMax + 1, tokensMax + 1, 3),
          random);
      this.states = states;
      this.memory = random.longs(sequencesMax + spares + snapshots).toArray();
    }

    @Override
    void run() {
      super.run();
      assertThat(states.slotsFree()).isPositive();
    }

    @Override
    void step(boolean fails) {
      StepPlan plan = plan();
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
      List<Sequence> ended = draw(plan);
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

    @Override
    void end(Sequence sequence) {
      super.end(sequence);
      assertThat(sequence.slot()).isEqualTo(-1);
    }
  }
}
