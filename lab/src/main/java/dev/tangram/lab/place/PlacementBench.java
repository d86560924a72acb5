package dev.tangram.lab.place;

import dev.tangram.schedule.place.ChipLedger;
import dev.tangram.schedule.place.Decision;
import dev.tangram.schedule.place.Demand;
import dev.tangram.schedule.place.DemandMix;
import dev.tangram.schedule.place.FragmentationGradient;
import dev.tangram.schedule.place.Holding;
import dev.tangram.schedule.place.Placement;
import dev.tangram.schedule.place.Policy;
import dev.tangram.schedule.place.Request;
import dev.tangram.schedule.place.StrandingGradient;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * How long a decision takes in a hall of 1,747 nodes and 22,832 chips that is nearly full, replicas
 * coming and going, all rules on, refusals with their smallest change included. Wall time, and CPU
 * time of the thread, which neighbours on the machine disturb less.
 */
public final class PlacementBench {
  private static final int WARM_UP = 20_000;
  private static final int DECISIONS = 50_000;
  private static final double FULL = 0.97;
  private static final long SEED = 7;

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private PlacementBench() {}

  /** Nanoseconds of each decision, from the shortest to the longest. */
  private record Took(long[] wall, long[] cpu, int refused) {
    private Took {
      Arrays.sort(wall);
      Arrays.sort(cpu);
    }
  }

  public static void main(String[] args) {
    DemandMix mix = mix();
    for (double reserve : new double[] {0, OpenbReplay.RESERVE}) {
      ChipLedger ledger = new ChipLedger(Hall.nodes());
      run(ledger, new StrandingGradient(mix, ledger, reserve));
    }
    ChipLedger ledger = new ChipLedger(Hall.nodes());
    run(ledger, new FragmentationGradient(mix, ledger));
  }

  private static DemandMix mix() {
    List<Demand> sample = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(SEED + 1);
    for (int i = 0; i < 10_000; i++) {
      sample.add(Hall.replica(i, random).demand());
    }
    return DemandMix.of(sample);
  }

  /** Microseconds of wall time that 99 of 100 decisions of Tangram's own policy stay below. */
  public static double micros99() {
    ChipLedger ledger = new ChipLedger(Hall.nodes());
    return micros(decide(ledger, new StrandingGradient(mix(), ledger, 0)).wall(), 0.99);
  }

  private static void run(ChipLedger ledger, Policy policy) {
    Took took = decide(ledger, policy);
    System.out.printf(
        "%-18s %d nodes, %d chips, %.1f %% taken, %d of %d refused%n",
        policy.name(),
        ledger.nodes(),
        ledger.chipsInAll(),
        100.0 * ledger.milliTaken() / ledger.milliInAll(),
        took.refused(),
        DECISIONS);
    print("wall", took.wall());
    print("cpu", took.cpu());
  }

  private static Took decide(ChipLedger ledger, Policy policy) {
    Placement placement = new Placement(ledger, policy);
    SplittableRandom random = new SplittableRandom(SEED);
    List<Holding> held = new ArrayList<>();
    long[] wall = new long[DECISIONS];
    long[] cpu = new long[DECISIONS];
    int refused = 0;
    for (int i = -WARM_UP; i < DECISIONS; i++) {
      Request request = Hall.replica(i, random);
      while (ledger.milliTaken() > FULL * ledger.milliInAll()) {
        placement.release(takeOne(held, random));
      }
      long draw = random.nextLong();
      long cpuStart = THREADS.getCurrentThreadCpuTime();
      long start = System.nanoTime();
      Decision decision = placement.decide(request, draw);
      long took = System.nanoTime() - start;
      if (i >= 0) {
        wall[i] = took;
        cpu[i] = THREADS.getCurrentThreadCpuTime() - cpuStart;
        refused += decision instanceof Decision.Refused ? 1 : 0;
      }
      if (decision instanceof Decision.Placed placed) {
        held.add(placed.holding());
      } else if (!held.isEmpty()) {
        placement.release(takeOne(held, random));
      }
    }
    ledger.check();
    return new Took(wall, cpu, refused);
  }

  private static void print(String what, long[] nanos) {
    System.out.printf(
        "  %-5s p50 %.1f us, p99 %.1f us, p99.9 %.1f us%n",
        what, micros(nanos, 0.5), micros(nanos, 0.99), micros(nanos, 0.999));
  }

  private static double micros(long[] sorted, double share) {
    return sorted[(int) Math.round(share * DECISIONS)] / 1e3;
  }

  private static Holding takeOne(List<Holding> held, SplittableRandom random) {
    int index = random.nextInt(held.size());
    Holding last = held.removeLast();
    return index == held.size() ? last : held.set(index, last);
  }
}
