package dev.tangram.schedule.block;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tangram.schedule.Sequence;
import dev.tangram.schedule.batch.BatchLimits;
import dev.tangram.schedule.batch.Guessing;
import dev.tangram.schedule.batch.StepPlan;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Random worlds in which every position of a block holds a hash of all tokens up to it, once for
 * layers that see everything and once for layers that see a window. Each step reads what it sees: a
 * block given up too early, or of another text, is a wrong number.
 */
class WindowSimTest {
  private static final int SEEDS = 3_000;

  @Test
  void everyStepSeesItsOwnWindow() {
    long hits = 0;
    long preempted = 0;
    long guessed = 0;
    for (long seed = 1; seed <= SEEDS; seed++) {
      try {
        World world = new World(seed);
        world.run();
        hits += world.ledger.hitTokens();
        preempted += world.scheduler.preemptions();
        guessed += world.guessed;
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed=" + seed + " (replay: new World(" + seed + "L).run())", e);
      }
    }
    assertThat(hits).as("worlds in which something happens").isGreaterThan(10L * SEEDS);
    assertThat(preempted).isGreaterThan(SEEDS / 2);
    assertThat(guessed).isGreaterThan(10L * SEEDS);
  }

  @Test
  void aLongTextNeedsItsWindowOnly() {
    World world = new World(1, 100, 7, 10, 16);
    world.arrive(IntStream.range(0, 200).toArray(), 150);
    int most = 0;
    while (!world.here.isEmpty()) {
      world.step(false);
      most = Math.max(most, world.windows.pinned());
    }
    assertThat(most).isBetween(3, 8);
  }

  @Test
  void aPrefixIsFoundWhereItsLastWindowIs() {
    World world = new World(1, 100, 12, 10, 16);
    int[] prompt = IntStream.range(0, 101).toArray();
    world.arrive(prompt, 1);
    world.stepUntilEmpty();
    Sequence again = world.arrive(prompt, 1);
    world.stepUntilEmpty();
    assertThat(again.cached()).isEqualTo(100);
    Sequence early = world.arrive(Arrays.copyOf(prompt, 30), 1);
    world.stepUntilEmpty();
    assertThat(early.cached()).as("what stood before the last window has gone").isZero();
    assertThat(world.arrive(prompt, 1)).isNotNull();
    world.stepUntilEmpty();
    // The short one ran through blocks that were listed without a window and filled them in.
    Sequence earlyAgain = world.arrive(Arrays.copyOf(prompt, 30), 1);
    world.stepUntilEmpty();
    assertThat(earlyAgain.cached()).isEqualTo(28);
  }

  /** Positions of blocks are numbers, of layers without a window and with one. */
  private static final class World extends LedgerWorld {
    final WindowLedger windows;
    final int window;
    final long[] whole;
    final long[] seen;

    World(long seed) {
      this(
          1 + (int) (seed % 5),
          5 + (int) (seed % 17),
          (int) (seed % 11),
          1 + (int) (seed * 7 % 30),
          5 + (int) (seed % 23),
          hash(seed),
          new Random(seed));
    }

    World(int sequencesMax, int blocks, int spare, int window, int tokensMax) {
      this(sequencesMax, blocks, spare, window, tokensMax, sha(), new Random(1));
    }

    private World(
        int sequencesMax,
        int blocks,
        int spare,
        int window,
        int tokensMax,
        PrefixIndex.Hash hash,
        Random random) {
      int windowBlocks = Math.min(blocks, WindowLedger.perSequence(window, tokensMax, BLOCK));
      windowBlocks += spare;
      WindowLedger windows = new WindowLedger(blocks, windowBlocks, window, tokensMax, BLOCK);
      StateLedger states =
          random.nextInt(4) == 0 ? new StateLedger(sequencesMax, 2, 5, BLOCK, 16) : null;
      super(
          new BlockLedger(blocks, BLOCK, states, windows, hash),
          blocks,
          new BatchLimits(sequencesMax, tokensMax, 3),
          random);
      this.window = window;
      this.windows = windows;
      this.whole = random.longs(blocks * BLOCK).toArray();
      this.seen = random.longs(windowBlocks * BLOCK).toArray();
    }

    @Override
    void run() {
      super.run();
      assertThat(windows.pinned()).isZero();
    }

    /** No step fails: {@code StateSimTest} has such. */
    @Override
    void step(boolean fails) {
      StepPlan plan = plan();
      for (StepPlan.Work work : plan.work()) {
        Sequence sequence = work.sequence();
        int end = work.position() + work.count();
        long[] hashes = hashes(sequence, end);
        for (int i = work.position(); i < end; i++) {
          whole[at(sequence.blockTable(), i)] = hashes[i];
          seen[at(sequence.windowTable(), i)] = hashes[i];
        }
        for (int i = 0; i < end; i++) {
          assertThat(whole[at(sequence.blockTable(), i)]).isEqualTo(hashes[i]);
        }
        for (int i = Math.max(0, work.position() - window + 1); i < end; i++) {
          assertThat(seen[at(sequence.windowTable(), i)])
              .as("%s at %d", sequence, i)
              .isEqualTo(hashes[i]);
        }
      }
      List<Sequence> ended = draw(plan);
      scheduler.ran(plan);
      for (StepPlan.Work work : plan.work()) {
        guessed += work.drafts();
        int needed = ledger.blocksFor(work.sequence().length());
        assertThat(work.sequence().blockCount()).isLessThanOrEqualTo(needed);
      }
      ended.forEach(this::end);
    }

    private static int at(int[] table, int position) {
      return table[position / BLOCK] * BLOCK + position % BLOCK;
    }

    private static long[] hashes(Sequence sequence, int length) {
      long[] hashes = new long[length];
      long state = 0;
      for (int i = 0; i < hashes.length; i++) {
        state = next(state, Guessing.token(sequence, i));
        hashes[i] = state;
      }
      return hashes;
    }
  }
}
