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
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Random worlds in which every position of a block holds a hash of all tokens up to it, once for
 * layers that see everything and once for layers that see a window. Each step reads what it sees: a
 * block given up too early, or of another text, is a wrong number.
 */
class WindowSimTest {
  private static final int SEEDS = 3_000;
  private static final int BLOCK = 4;
  private static final PrefixIndex.Hash SHA = PrefixIndex.sha256();

  private static final PrefixIndex.Hash WEAK =
      (previous, tokens) -> new PrefixIndex.Key(0, (previous.low() * 31 + tokens[0]) % 7);

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
    World world = new World(1, 100, 7, 10, 16, SHA, new Random(1));
    world.arrive(IntStream.range(0, 200).toArray(), 150);
    int most = 0;
    while (!world.here.isEmpty()) {
      world.step();
      most = Math.max(most, world.windows.pinned());
    }
    assertThat(most).isBetween(3, 8);
  }

  @Test
  void aPrefixIsFoundWhereItsLastWindowIs() {
    World world = new World(1, 100, 12, 10, 16, SHA, new Random(1));
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

  private static final class World {
    final Random random;
    final StateLedger states;
    final WindowLedger windows;
    final BlockLedger ledger;
    final AdmissionQueue queue;
    final BatchScheduler scheduler;
    final int capacity;
    final int window;
    final long[] whole;
    final long[] seen;
    final Set<Sequence> here = new HashSet<>();
    long ids;
    long now;
    long guessed;

    World(long seed) {
      this(
          1 + (int) (seed % 5),
          5 + (int) (seed % 17),
          (int) (seed % 11),
          1 + (int) (seed * 7 % 30),
          5 + (int) (seed % 23),
          seed % 3 == 0 ? WEAK : SHA,
          new Random(seed));
    }

    World(
        int sequencesMax,
        int blocks,
        int spare,
        int window,
        int tokensMax,
        PrefixIndex.Hash hash,
        Random random) {
      this.random = random;
      this.capacity = blocks * BLOCK;
      this.window = window;
      int windowBlocks = Math.min(blocks, WindowLedger.perSequence(window, tokensMax, BLOCK));
      windowBlocks += spare;
      this.windows = new WindowLedger(blocks, windowBlocks, window, tokensMax, BLOCK);
      this.states = random.nextInt(4) == 0 ? new StateLedger(sequencesMax, 2, 5, BLOCK, 16) : null;
      this.ledger = new BlockLedger(blocks, BLOCK, states, windows, hash);
      this.queue = new AdmissionQueue(new AdmissionLimits(capacity, 12, 10_000, Long.MAX_VALUE));
      this.scheduler =
          new BatchScheduler(new BatchLimits(sequencesMax, tokensMax, 3), ledger, queue);
      this.whole = random.longs(capacity).toArray();
      this.seen = random.longs(windowBlocks * BLOCK).toArray();
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
          step();
        }
        ledger.check(scheduler.running());
      }
      stepUntilEmpty();
      assertThat(ledger.held()).isZero();
      assertThat(windows.pinned()).isZero();
    }

    void stepUntilEmpty() {
      for (int left = 20_000; !here.isEmpty(); left--) {
        Invariant.check(left > 0, "%d sequences never end", here.size());
        step();
        ledger.check(scheduler.running());
      }
    }

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

    void step() {
      Guessing.propose(scheduler, random);
      StepPlan plan = scheduler.plan(++now);
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
      List<Sequence> ended =
          plan.work().stream()
              .filter(work -> Guessing.draw(work, random))
              .map(StepPlan.Work::sequence)
              .toList();
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
        state = (state + Guessing.token(sequence, i) + 1) * 0x9E3779B97F4A7C15L;
        state ^= state >>> 29;
        hashes[i] = state;
      }
      return hashes;
    }

    void end(Sequence sequence) {
      assertThat(here.remove(sequence)).isTrue();
      assertThat(scheduler.retire(sequence)).isTrue();
    }
  }
}
