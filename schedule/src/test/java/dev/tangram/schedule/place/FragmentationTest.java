package dev.tangram.schedule.place;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The expected fragment, and ours, against their definitions written out naively. */
class FragmentationTest {
  private static final Set<String> ANY = Set.of();

  @Test
  void theFragmentOfANodeByHand() {
    // Half of the tasks want 0.5 of a chip and 2 cores, half a whole chip and 16 cores.
    DemandMix mix =
        DemandMix.of(
            List.of(new Demand(2_000, 0, 1, 500, ANY), new Demand(16_000, 0, 1, 1_000, ANY)));
    ChipLedger ledger = new ChipLedger(List.of(new Node("n", "T4", 2, 20_000, 65_536)));
    FragmentationGradient fgd = new FragmentationGradient(mix, ledger);

    assertThat(fgd.fragment(ledger, 0)).isZero();
    // 0.7 of chip 0 goes: its 0.3 is too small for either; chip 1 suits both; 18 cores are left.
    ledger.take(new Request("a", new Demand(2_000, 0, 1, 700, ANY)), 0, 1);
    assertThat(fgd.fragment(ledger, 0)).isEqualTo(300);
    // 4 cores go: the whole-chip task finds 14 cores only, so for it all of 1.3 is lost.
    ledger.take(new Request("b", new Demand(4_000, 0, 0, 0, ANY)), 0, 0);
    assertThat(fgd.fragment(ledger, 0)).isEqualTo(0.5 * 300 + 0.5 * 1_300);
  }

  @Test
  void theFragmentIsThatOfTheDefinition() {
    for (long seed = 1; seed <= 300; seed++) {
      Random random = new Random(seed);
      ChipLedger ledger = new ChipLedger(Worlds.nodes(random));
      List<Demand> demands = Worlds.demands(random, 15);
      DemandMix mix = DemandMix.of(demands);
      FragmentationGradient fgd = new FragmentationGradient(mix, ledger);
      StrandingGradient stranding = new StrandingGradient(mix, ledger, 0);
      Placement placement = new Placement(ledger, new BestFit());
      for (int i = 0; i < 30; i++) {
        placement.decide(new Request("r", demands.get(random.nextInt(demands.size()))));
        int node = random.nextInt(ledger.nodes());
        double fragment = 0;
        double stranded = 0;
        for (DemandMix.Part part : mix.parts()) {
          fragment += part.weight() * fragmentFor(ledger, node, part.demand());
          stranded += part.weight() * strandedFor(ledger, node, part.demand());
        }
        assertThat(fgd.fragment(ledger, node))
            .as("seed=%d", seed)
            .isCloseTo(fragment, within(1e-6));
        assertThat(stranding.stranded(node)).as("seed=%d", seed).isCloseTo(stranded, within(1e-2));
      }
    }
  }

  /** Section 3 of the paper: all that is free if the task does not fit, else what is too small. */
  private static double fragmentFor(ChipLedger ledger, int node, Demand task) {
    if (task.chips() == 0
        || ledger.cpuFree(node) < task.cpuMilli()
        || !suits(ledger, node, task)
        || ledger.chipsWith(node, task.chipMilli()) < task.chips()) {
      return ledger.milliFree(node);
    }
    return ledger.milliFree(node) - room(ledger, node, task);
  }

  private static double strandedFor(ChipLedger ledger, int node, Demand task) {
    int able = task.chips() == 0 ? 0 : ledger.chipsWith(node, task.chipMilli()) / task.chips();
    if (able == 0 || !suits(ledger, node, task)) {
      return ledger.milliFree(node);
    }
    double served = 1;
    if (task.cpuMilli() > 0) {
      served = Math.min(served, (double) ledger.cpuFree(node) / task.cpuMilli() / able);
    }
    if (task.memoryMib() > 0) {
      served = Math.min(served, (double) ledger.memoryFree(node) / task.memoryMib() / able);
    }
    return ledger.milliFree(node) - served * room(ledger, node, task);
  }

  private static boolean suits(ChipLedger ledger, int node, Demand task) {
    return task.chipTypes().isEmpty() || task.chipTypes().contains(ledger.node(node).chip());
  }

  private static int room(ChipLedger ledger, int node, Demand task) {
    int room = 0;
    for (int c = 0; c < ledger.chips(node); c++) {
      room += ledger.free(node, c) >= task.chipMilli() ? ledger.free(node, c) : 0;
    }
    return room;
  }

  @Test
  void popularityIsCutAtTheShareThatWasAskedFor() {
    Demand often = new Demand(1, 0, 1, 500, ANY);
    Demand seldom = new Demand(2, 0, 1, 500, ANY);
    Demand once = new Demand(3, 0, 1, 500, ANY);
    DemandMix mix =
        DemandMix.of(
            List.of(seldom, often, once, often, often, seldom, often, often, seldom, often));

    assertThat(mix.parts())
        .containsExactly(
            new DemandMix.Part(often, 0.6),
            new DemandMix.Part(seldom, 0.3),
            new DemandMix.Part(once, 0.1));
    assertThat(mix.most(0.85).parts())
        .extracting(DemandMix.Part::demand)
        .containsExactly(often, seldom);
    assertThat(mix.most(0.85).parts().getFirst().weight()).isCloseTo(2.0 / 3, within(1e-12));
  }
}
