package dev.tangram.schedule.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tangram.schedule.CacheScope;
import dev.tangram.schedule.Invariant;
import dev.tangram.schedule.Sequence;
import dev.tangram.schedule.admit.AdmissionLimits;
import dev.tangram.schedule.admit.AdmissionQueue;
import dev.tangram.schedule.block.BlockLedger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Random worlds: arrivals, cancels and tiny memories. Every event is followed by the conservation
 * check.
 */
class SchedulerSimTest {
  private static final int SEEDS = 2_000;

  @Test
  void everySequenceEndsOnceAndNoBlockIsLost() {
    for (long seed = 1; seed <= SEEDS; seed++) {
      try {
        new World(seed).run();
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed=" + seed + " (replay: new World(" + seed + "L).run())", e);
      }
    }
  }

  @Test
  void theSameSeedGivesTheSameTrace() {
    for (long seed = 1; seed <= 50; seed++) {
      assertThat(new World(seed).run()).as("seed=%d", seed).isEqualTo(new World(seed).run());
    }
  }

  @Test
  void decodesComeBeforePromptChunks() {
    World world = new World(new BatchLimits(4, 8, 8), 64, 4, 1);
    Sequence decoding = world.arrive(3, 10);
    world.step();
    assertThat(decoding.pending()).isEqualTo(1);
    Sequence prompt = world.arrive(30, 2);
    StepPlan plan = world.scheduler.plan(0);
    assertThat(plan.work()).hasSize(2);
    assertThat(plan.work().getFirst().sequence()).isSameAs(decoding);
    assertThat(plan.work().getLast().sequence()).isSameAs(prompt);
    assertThat(plan.work().getLast().count()).isEqualTo(7);
    assertThat(plan.work().getLast().samples()).isFalse();
  }

  @Test
  void theLastAdmittedGivesWayAndLosesNoToken() {
    World world = new World(new BatchLimits(4, 16, 8), 6, 4, 1);
    Sequence first = world.arrive(8, 12);
    Sequence second = world.arrive(8, 12);
    while (world.scheduler.preemptions() == 0) {
      world.step();
    }
    assertThat(world.scheduler.running()).containsExactly(first);
    int madeBefore = second.made();
    assertThat(madeBefore).isPositive();
    while (world.ended.size() < 2) {
      world.step();
    }
    assertThat(world.endOrder).containsExactly(first.id(), second.id());
    assertThat(second.made()).isEqualTo(12);
  }

  @Test
  void draftsComeAfterPromptsAndNobodyGivesWayForThem() {
    World world = new World(new BatchLimits(4, 20, 6), 8, 4, 1);
    Sequence first = world.arrive(7, 20);
    world.step();
    first.propose(new int[] {1, 2, 3, 4, 5, 6, 7, 8, 9}, 9);
    Sequence prompt = world.arrive(17, 2);
    StepPlan plan = world.scheduler.plan(0);
    assertThat(plan.work().getFirst().drafts()).as("rows of logits").isEqualTo(6);
    assertThat(plan.work().getLast().sequence()).isSameAs(prompt);
    assertThat(plan.work().getLast().count())
        .as("a half of 19 tokens is kept for drafts")
        .isEqualTo(10);
    world.scheduler.ran(plan);
    assertThat(first.drafts()).isZero();
    assertThat(first.blockCount()).as("refused drafts leave no block").isEqualTo(2);
    // 8 tokens are in 2 blocks, 17 in 5, and one is left: the drafts fill up to its end.
    first.append(8);
    first.append(9);
    assertThat(world.scheduler.preemptions()).isZero();
  }

  /**
   * One engine in virtual time: a step takes a tick, a token's value is a function of its place.
   */
  private static final class World {
    final Random random;
    boolean guesses;
    final BlockLedger ledger;
    final AdmissionQueue queue;
    final BatchScheduler scheduler;
    final int blocks;
    final int blockLength;
    final BatchLimits limits;
    final Set<Sequence> here = new HashSet<>();
    final Set<Long> ended = new HashSet<>();
    final List<Long> endOrder = new ArrayList<>();
    final StringBuilder trace = new StringBuilder();
    long ids;
    long now;

    World(long seed) {
      this(
          new BatchLimits(1 + (int) (seed % 5), 5 + (int) (seed % 29), 1 + (int) (seed % 7)),
          4 + (int) (seed % 13),
          1 + (int) (seed % 6),
          seed);
      guesses = seed % 4 != 0;
    }

    World(BatchLimits limits, int blocks, int blockLength, long seed) {
      this.limits = limits;
      this.random = new Random(seed);
      this.blocks = blocks;
      this.blockLength = blockLength;
      this.ledger = new BlockLedger(blocks, blockLength);
      this.queue =
          new AdmissionQueue(new AdmissionLimits(blocks * blockLength, 12, 1_000, Long.MAX_VALUE));
      this.scheduler = new BatchScheduler(limits, ledger, queue);
    }

    String run() {
      for (int tick = 0; tick < 120; tick++) {
        int dice = random.nextInt(10);
        if (dice < 3) {
          int capacity = blocks * blockLength;
          arrive(1 + random.nextInt(capacity), random.nextInt(capacity));
        } else if (dice == 3 && !here.isEmpty()) {
          List<Sequence> all =
              here.stream().sorted((a, b) -> Long.compare(a.id(), b.id())).toList();
          end(all.get(random.nextInt(all.size())), "cancel");
        } else {
          step();
        }
        ledger.check(scheduler.running());
      }
      // The faults stop: everything must drain.
      for (int left = 20_000; !here.isEmpty(); left--) {
        Invariant.check(left > 0, "%d sequences never end", here.size());
        step();
        ledger.check(scheduler.running());
      }
      assertThat(ledger.held()).isZero();
      assertThat(queue.isEmpty()).isTrue();
      return trace.toString();
    }

    Sequence arrive(int promptLength, int tokensMax) {
      int family = random.nextInt(3);
      int[] prompt = new int[promptLength];
      for (int i = 0; i < promptLength; i++) {
        prompt[i] = family * 1_000 + i;
      }
      Sequence sequence =
          new Sequence(
              ++ids, CacheScope.LOCAL, prompt, Math.max(tokensMax, 1), random.nextInt(8) == 0, now);
      boolean fits = promptLength + sequence.tokensMax() <= blocks * blockLength;
      boolean taken = queue.offer(sequence).isEmpty();
      if (!fits) {
        assertThat(taken).as("a sequence that can never fit").isFalse();
      }
      if (taken) {
        here.add(sequence);
      }
      return sequence;
    }

    void step() {
      now++;
      if (guesses) {
        Guessing.propose(scheduler, random);
      }
      StepPlan plan = scheduler.plan(now);
      Set<Sequence> members = new HashSet<>();
      for (StepPlan.Work work : plan.work()) {
        assertThat(members.add(work.sequence())).isTrue();
        assertThat(work.position()).isEqualTo(work.sequence().computed());
        assertThat(work.sequence().blockCount() * blockLength)
            .isGreaterThanOrEqualTo(work.position() + work.count());
      }
      assertThat(plan.tokens()).isLessThanOrEqualTo(limits.tokensMax());
      int rows = plan.work().stream().mapToInt(World::moreRows).sum();
      assertThat(rows).isLessThanOrEqualTo(limits.rowsMax());
      Set<Sequence> ending = new HashSet<>();
      for (StepPlan.Work work : plan.work()) {
        if (Guessing.draw(work, random)) {
          ending.add(work.sequence());
        }
      }
      scheduler.ran(plan);
      for (StepPlan.Work work : plan.work()) {
        assertThat(work.sequence().blockCount())
            .isLessThanOrEqualTo(ledger.blocksFor(work.sequence().length()));
        trace.append(work.sequence().id()).append(':').append(work.count()).append(' ');
        if (ending.contains(work.sequence())) {
          end(work.sequence(), "length");
        }
      }
      trace.append('\n');
    }

    /** Rows of logits beyond one of each sequence. */
    private static int moreRows(StepPlan.Work work) {
      boolean scored = work.sequence().scoresPrompt() && work.sequence().made() == 0;
      return scored ? work.count() - 1 : work.drafts();
    }

    void end(Sequence sequence, String why) {
      assertThat(here.remove(sequence)).isTrue();
      assertThat(scheduler.retire(sequence)).isTrue();
      assertThat(scheduler.retire(sequence)).as("retired twice").isFalse();
      assertThat(ended.add(sequence.id())).isTrue();
      endOrder.add(sequence.id());
      trace.append(why).append(sequence.id()).append(' ');
    }
  }
}
