package dev.tangram.lab.place;

import dev.tangram.schedule.place.BestFit;
import dev.tangram.schedule.place.ChipLedger;
import dev.tangram.schedule.place.Decision;
import dev.tangram.schedule.place.DemandMix;
import dev.tangram.schedule.place.DotProduct;
import dev.tangram.schedule.place.FragmentationGradient;
import dev.tangram.schedule.place.GpuClustering;
import dev.tangram.schedule.place.GpuPacking;
import dev.tangram.schedule.place.Placement;
import dev.tangram.schedule.place.Policy;
import dev.tangram.schedule.place.RandomFit;
import dev.tangram.schedule.place.Request;
import dev.tangram.schedule.place.StrandingGradient;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * FGD's published experiment: pods that want 130 % of the chips arrive in random order, nobody
 * leaves, and what counts is the share of the chips that was given away at the end.
 */
public final class OpenbReplay {
  private static final int PERCENT = 130;
  private static final int SEED_FIRST = 42;
  private static final int SEEDS = 10;

  /** Share of the trace's pods whose sizes the authors' FGD knows. */
  private static final double KNOWN = 0.95;

  /** Share of the hall that our policy keeps untouched for demands that use chips up. */
  static final double RESERVE = 0.25;

  /** What the simulator's authors published, mean of the ten seeds; percent of the chips. */
  private static final Map<String, Map<String, Double>> PUBLISHED =
      Map.of(
          "default",
          Map.of(
              "Random", 87.47,
              "DotProd", 90.85,
              "GpuClustering", 91.88,
              "GpuPacking", 92.00,
              "BestFit", 93.08,
              "FGD", 95.39),
          "gpuspec10",
          Map.of(
              "Random", 87.43,
              "DotProd", 90.39,
              "GpuClustering", 92.18,
              "GpuPacking", 92.46,
              "BestFit", 93.30,
              "FGD", 94.95));

  /** Makes a policy for a ledger, knowing of the trace how often what is asked for. */
  @FunctionalInterface
  interface Maker {
    Policy make(Openb trace, ChipLedger ledger);
  }

  private static final List<Maker> POLICIES =
      List.of(
          (trace, ledger) -> new RandomFit(),
          (trace, ledger) -> new DotProduct(),
          (trace, ledger) -> new GpuClustering(),
          (trace, ledger) -> new GpuPacking(),
          (trace, ledger) -> new BestFit(),
          (trace, ledger) ->
              new FragmentationGradient(
                  DemandMix.of(trace.demandsWithoutMemory()).most(KNOWN), ledger),
          (trace, ledger) -> new StrandingGradient(trace.mix(), ledger, 0),
          (trace, ledger) -> new StrandingGradient(trace.mix(), ledger, RESERVE));

  private OpenbReplay() {}

  /**
   * @param percentTaken of the chips
   * @param kept pods refused though they would have fitted
   */
  record Outcome(String policy, double percentTaken, int placed, int refused, int kept) {}

  static Outcome replay(Openb trace, long seed, Maker maker) {
    Openb.Arrivals arrivals = trace.arrivals(seed, PERCENT);
    ChipLedger ledger = new ChipLedger(arrivals.nodes());
    Policy policy = maker.make(trace, ledger);
    Placement placement = new Placement(ledger, policy);
    GoRandom draws = new GoRandom(seed);
    int placed = 0;
    int kept = 0;
    for (Request pod : arrivals.pods()) {
      switch (placement.decide(pod, draws.int63())) {
        case Decision.Placed p -> placed++;
        case Decision.Refused refused -> kept += refused.withheld() ? 1 : 0;
      }
    }
    ledger.check();
    return new Outcome(
        policy.name(),
        100.0 * ledger.milliTaken() / ledger.milliInAll(),
        placed,
        arrivals.pods().size() - placed,
        kept);
  }

  public static void main(String[] args) throws IOException {
    List<String> traces = args.length == 0 ? List.of("default", "gpuspec10") : List.of(args);
    for (String name : traces) {
      if (!PUBLISHED.containsKey(name)) {
        System.err.printf("trace %s; there are: %s%n", name, PUBLISHED.keySet());
        System.exit(2);
      }
    }
    for (String name : traces) {
      Openb trace = Openb.read(name);
      System.out.printf(
          "openb %s: %d nodes, %d chips, pods for %d %% of them, seeds %d to %d%n",
          name,
          trace.nodes().size(),
          trace.milliInAll() / 1000,
          PERCENT,
          SEED_FIRST,
          SEED_FIRST + SEEDS - 1);
      System.out.printf(
          "%-18s %9s %7s %7s %7s %8s %8s %6s %6s%n",
          "policy", "published", "mean", "lowest", "highest", "placed", "refused", "kept", "s/run");
      for (Maker maker : POLICIES) {
        print(name, trace, maker);
      }
    }
  }

  private static void print(String name, Openb trace, Maker maker) {
    double sum = 0;
    double lowest = 100;
    double highest = 0;
    long placed = 0;
    long refused = 0;
    long kept = 0;
    String policy = "";
    long start = System.nanoTime();
    for (int seed = SEED_FIRST; seed < SEED_FIRST + SEEDS; seed++) {
      Outcome outcome = replay(trace, seed, maker);
      policy = outcome.policy();
      sum += outcome.percentTaken();
      lowest = Math.min(lowest, outcome.percentTaken());
      highest = Math.max(highest, outcome.percentTaken());
      placed += outcome.placed();
      refused += outcome.refused();
      kept += outcome.kept();
    }
    Double published = PUBLISHED.get(name).get(policy);
    System.out.printf(
        "%-18s %9s %7.2f %7.2f %7.2f %8d %8d %6d %6.1f%n",
        policy,
        published == null ? "-" : "%.2f".formatted(published),
        sum / SEEDS,
        lowest,
        highest,
        placed / SEEDS,
        refused / SEEDS,
        kept / SEEDS,
        (System.nanoTime() - start) / 1e9 / SEEDS);
  }
}
