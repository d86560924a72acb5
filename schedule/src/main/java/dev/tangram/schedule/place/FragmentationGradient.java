package dev.tangram.schedule.place;

import java.util.ArrayList;
import java.util.List;

/**
 * Fragmentation gradient descent as published and as its authors run it: the place where the
 * expected fragment grows least (Weng et al., "Beware of Fragmentation", USENIX ATC 2023).
 *
 * <p>A node's fragment for a type of task is the free share of its chips that the type cannot use:
 * all of it if the type does not fit (processor, chips, chip type), else the chips that are too
 * full for it. The expected fragment weighs types by popularity. Memory plays no part. The gradient
 * goes through a sigmoid and is cut to a whole number from 0 to 100, so ties are many; the draw
 * decides.
 */
public final class FragmentationGradient implements Policy {
  private static final double SCALE = Node.WHOLE;

  private final List<Task> tasks;

  private record Task(Demand demand, double weight, long typeMask) {}

  /**
   * @param mix popularity of tasks; the authors take the most frequent 95 % of the whole trace
   * @param ledger whose chip types are meant
   */
  public FragmentationGradient(DemandMix mix, ChipLedger ledger) {
    tasks = new ArrayList<>();
    for (DemandMix.Part part : mix.parts()) {
      tasks.add(new Task(part.demand(), part.weight(), ledger.typeMask(part.demand())));
    }
  }

  @Override
  public String name() {
    return "FGD";
  }

  /** Expected fragment of the node, in thousandths of a chip. */
  public double fragment(ChipLedger ledger, int node) {
    return fragment(ledger, node, 0, 0, 0);
  }

  /**
   * The same if {@code chips} had {@code chipMilli} less each and the node {@code cpuMilli} less.
   */
  double fragment(ChipLedger ledger, int node, long chips, int chipMilli, int cpuMilli) {
    int cpu = ledger.cpuFree(node) - cpuMilli;
    int count = ledger.chips(node);
    int[] free = new int[count];
    int all = 0;
    for (int c = 0; c < count; c++) {
      free[c] = ledger.free(node, c) - ((chips >>> c & 1) == 0 ? 0 : chipMilli);
      all += free[c];
    }
    double expected = 0;
    for (Task task : tasks) {
      expected += task.weight() * fragmentFor(task, free, all, cpu, ledger.typeOf(node));
    }
    return expected;
  }

  private static int fragmentFor(Task task, int[] free, int all, int cpu, int type) {
    Demand demand = task.demand();
    if (demand.chips() == 0 || cpu < demand.cpuMilli() || (task.typeMask() >>> type & 1) == 0) {
      return all;
    }
    int able = 0;
    int small = 0;
    for (int left : free) {
      if (left >= demand.chipMilli()) {
        able++;
      } else {
        small += left;
      }
    }
    return able >= demand.chips() ? small : all;
  }

  private int score(ChipLedger ledger, int node, long chips, Demand demand, double before) {
    double after = fragment(ledger, node, chips, demand.chipMilli(), demand.cpuMilli());
    return (int) (100 / (1 + Math.exp((after - before) / SCALE)));
  }

  @Override
  public double cost(ChipLedger ledger, int node, Demand demand) {
    double before = fragment(ledger, node);
    if (!demand.shares() || demand.chips() != 1) {
      return -score(ledger, node, ledger.tightest(node, demand), demand, before);
    }
    return -score(ledger, node, best(ledger, node, demand, before), demand, before);
  }

  private long best(ChipLedger ledger, int node, Demand demand, double before) {
    long best = 0;
    int highest = -1;
    for (int c = 0; c < ledger.chips(node); c++) {
      if (ledger.free(node, c) >= demand.chipMilli()) {
        int score = score(ledger, node, 1L << c, demand, before);
        if (score > highest) {
          highest = score;
          best = 1L << c;
        }
      }
    }
    return best;
  }

  @Override
  public long chips(ChipLedger ledger, int node, Demand demand, long draw) {
    return demand.shares() && demand.chips() == 1
        ? best(ledger, node, demand, fragment(ledger, node))
        : ledger.tightest(node, demand);
  }
}
