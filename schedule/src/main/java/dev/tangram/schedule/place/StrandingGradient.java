package dev.tangram.schedule.place;

import dev.tangram.schedule.Invariant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Our own: the place where the least free share of chips becomes stranded.
 *
 * <p>What is stranded on a node is asked of each demand of the mix, as if only such came from now
 * on: the chips too full for it, and of the others the part that it cannot fill because processor
 * or memory runs out first. FGD counts chips as lost only when not one more of the demand fits, so
 * it sees a shortage of processors when it is there; this sees it coming, and memory too.
 *
 * <p>A demand that leaves a remainder which rarely anything fills (0.81 of a chip in the openb
 * trace) does not open another chip while fewer than {@code reserve} of the hall's chips are
 * untouched: they are left to demands that use them up. With a reserve of 0 whatever fits is
 * placed.
 *
 * <p>Cost: a node's figure takes some 100 to 300 ns for 150 demands; the current one is kept.
 */
public final class StrandingGradient implements Policy {
  /**
   * A remainder that mostly stays empty and is smaller than this does not count, in thousandths.
   */
  private static final double LOSS_MIN = 100;

  /** Stands for one divided by nothing; the product with the least free amount is above 1. */
  private static final double NO_NEED = 1e12;

  private static final double LITTLE = 1e-6;

  private static final Demand NOTHING = new Demand(0, 0, 0, 0, Set.of());

  private final ChipLedger ledger;
  private final double reserve;
  private final Kin[] kin;
  private final double[] lossOf = new double[Node.WHOLE + 1];
  private final double[] known;
  private final int[] knownAt;

  /** Demands that differ in processor and memory only. */
  private static final class Kin {
    final int chips;
    final int chipMilli;
    final long typeMask;
    double weight;
    final double[] weights;
    final double[] perCpu;
    final double[] perMemory;

    Kin(List<DemandMix.Part> parts, ChipLedger ledger) {
      Demand first = parts.getFirst().demand();
      chips = first.chips();
      chipMilli = first.chipMilli();
      typeMask = ledger.typeMask(first);
      weights = new double[parts.size()];
      perCpu = new double[parts.size()];
      perMemory = new double[parts.size()];
      for (int i = 0; i < weights.length; i++) {
        Demand demand = parts.get(i).demand();
        weights[i] = parts.get(i).weight();
        weight += weights[i];
        perCpu[i] = demand.cpuMilli() == 0 ? NO_NEED : 1.0 / demand.cpuMilli();
        perMemory[i] = demand.memoryMib() == 0 ? NO_NEED : 1.0 / demand.memoryMib();
      }
    }

    /** Of {@code able} places, the expected part that processor and memory suffice for. */
    double served(double cpuFree, double memoryFree, int able) {
      double cpu = cpuFree / able + LITTLE;
      double memory = memoryFree / able + LITTLE;
      double served = 0;
      for (int i = 0; i < weights.length; i++) {
        served += weights[i] * Math.min(1, Math.min(cpu * perCpu[i], memory * perMemory[i]));
      }
      return served;
    }
  }

  /**
   * @param mix what is asked for how often
   * @param ledger the only one that it may be asked about
   * @param reserve share of the hall's chips, 0 to 1
   */
  public StrandingGradient(DemandMix mix, ChipLedger ledger, double reserve) {
    if (!(reserve >= 0 && reserve <= 1)) {
      throw new IllegalArgumentException("reserve %s; allowed: 0 to 1".formatted(reserve));
    }
    this.ledger = ledger;
    this.reserve = reserve;
    Map<Demand, List<DemandMix.Part>> families = new LinkedHashMap<>();
    for (DemandMix.Part part : mix.parts()) {
      Demand demand = part.demand();
      families
          .computeIfAbsent(
              new Demand(0, 0, demand.chips(), demand.chipMilli(), demand.chipTypes()),
              d -> new ArrayList<>())
          .add(part);
    }
    kin = families.values().stream().map(parts -> new Kin(parts, ledger)).toArray(Kin[]::new);
    known = new double[ledger.nodes()];
    knownAt = new int[ledger.nodes()];
    Arrays.fill(knownAt, -1);
    weighRemainders();
  }

  /** What a share of a chip is expected to leave empty for good: few are there to fill the rest. */
  private void weighRemainders() {
    double[] weightOf = new double[Node.WHOLE + 1];
    for (Kin k : kin) {
      if (k.chips == 1) {
        weightOf[k.chipMilli] += k.weight;
      }
    }
    for (int milli = 1; milli < Node.WHOLE; milli++) {
      double fillers = 0;
      for (int other = 1; other <= Node.WHOLE - milli; other++) {
        fillers += weightOf[other];
      }
      double rare = weightOf[milli] == 0 ? 0 : Math.max(0, 1 - fillers / weightOf[milli]);
      lossOf[milli] = rare * (Node.WHOLE - milli);
    }
  }

  @Override
  public String name() {
    return reserve == 0 ? "Stranding" : "Stranding+reserve";
  }

  @Override
  public boolean withholds(ChipLedger ledger, int node, Demand demand) {
    return reserve > 0
        && strands(demand)
        && ledger.wholeFreeInAll() < reserve * ledger.chipsInAll()
        && touched(node, demand) == 0;
  }

  private boolean strands(Demand demand) {
    return demand.chips() == 1 && demand.shares() && lossOf[demand.chipMilli()] >= LOSS_MIN;
  }

  /** The fullest chip in use that has room for the share; 0 if none has. */
  private long touched(int node, Demand demand) {
    int best = -1;
    for (int c = 0; c < ledger.chips(node); c++) {
      int left = ledger.free(node, c);
      if (left >= demand.chipMilli()
          && left < Node.WHOLE
          && (best < 0 || left < ledger.free(node, best))) {
        best = c;
      }
    }
    return best < 0 ? 0 : 1L << best;
  }

  /** Expected stranded share of the node's chips, in thousandths of a chip. */
  public double stranded(int node) {
    if (knownAt[node] != ledger.version(node)) {
      known[node] = stranded(node, 0, NOTHING);
      knownAt[node] = ledger.version(node);
    }
    return known[node];
  }

  /** The same, had the demand been given these chips. */
  private double stranded(int node, long taken, Demand demand) {
    int count = ledger.chips(node);
    int[] free = new int[count];
    int all = 0;
    for (int c = 0; c < count; c++) {
      free[c] = ledger.free(node, c) - ((taken >>> c & 1) == 0 ? 0 : demand.chipMilli());
      all += free[c];
    }
    if (all == 0) {
      return 0;
    }
    double cpuFree = ledger.cpuFree(node) - demand.cpuMilli();
    double memoryFree = ledger.memoryFree(node) - demand.memoryMib();
    double used = 0;
    for (Kin k : kin) {
      if (k.chips == 0 || (k.typeMask >>> ledger.typeOf(node) & 1) == 0) {
        continue;
      }
      int able = 0;
      int room = 0;
      for (int left : free) {
        if (left >= k.chipMilli) {
          able++;
          room += left;
        }
      }
      able /= k.chips;
      if (able > 0) {
        used += room * k.served(cpuFree, memoryFree, able);
      }
    }
    return all - used;
  }

  @Override
  public double cost(ChipLedger ledger, int node, Demand demand) {
    Invariant.check(ledger == this.ledger, "%s was made for another ledger", name());
    return stranded(node, best(node, demand), demand) - stranded(node);
  }

  @Override
  public long chips(ChipLedger ledger, int node, Demand demand, long draw) {
    return best(node, demand);
  }

  private long best(int node, Demand demand) {
    if (demand.chips() != 1 || !demand.shares()) {
      return ledger.tightest(node, demand);
    }
    if (strands(demand)) {
      long touched = touched(node, demand);
      return touched != 0 ? touched : ledger.tightest(node, demand);
    }
    long best = 0;
    double least = Double.POSITIVE_INFINITY;
    for (int c = 0; c < ledger.chips(node); c++) {
      int left = ledger.free(node, c);
      if (left >= demand.chipMilli() && firstWith(node, c, left)) {
        double stranded = stranded(node, 1L << c, demand);
        if (stranded < least) {
          least = stranded;
          best = 1L << c;
        }
      }
    }
    return best;
  }

  /** Equally free chips need be weighed once. */
  private boolean firstWith(int node, int chip, int left) {
    for (int c = 0; c < chip; c++) {
      if (ledger.free(node, c) == left) {
        return false;
      }
    }
    return true;
  }
}
