package dev.tangram.schedule.place;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Random halls, requests that come and go, all policies and rules, against a plain look at all
 * nodes.
 */
class PlacementPropertyTest {
  private static final int SEEDS = 300;
  private static final int STEPS = 60;

  @Test
  void everyDecisionIsTheBestThatFits() {
    Tally tally = new Tally();
    for (long seed = 1; seed <= SEEDS; seed++) {
      try {
        world(seed, tally);
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError(
            "seed=%d (replay: world(%dL, new Tally()))".formatted(seed, seed), e);
      }
    }
    assertThat(tally.placed).isGreaterThan(SEEDS * STEPS / 4);
    assertThat(tally.refused).isGreaterThan(SEEDS * 2);
    assertThat(tally.withheld).isGreaterThan(SEEDS / 20);
    assertThat(tally.changesTried).isGreaterThan(SEEDS);
  }

  private static final class Tally {
    int placed;
    int refused;
    int withheld;
    int changesTried;
  }

  private static void world(long seed, Tally tally) {
    Random random = new Random(seed);
    List<Node> nodes = Worlds.nodes(random);
    List<Demand> demands = Worlds.demands(random, 12);
    DemandMix mix = DemandMix.of(demands);
    ChipLedger ledger = new ChipLedger(nodes);
    int which = random.nextInt(8);
    Placement placement = new Placement(ledger, Worlds.policies(mix, ledger).get(which));
    List<Holding> held = new ArrayList<>();
    for (int step = 0; step < STEPS; step++) {
      if (!held.isEmpty() && random.nextInt(4) == 0) {
        placement.release(held.remove(random.nextInt(held.size())));
        continue;
      }
      Request request = Worlds.request("request-" + step, demands, random);
      // A policy that remembers nothing: what the placement keeps must not be stale.
      Policy fresh = Worlds.policies(mix, ledger).get(which);
      List<Integer> fitting = fitting(ledger, request, fresh);
      double least =
          fitting.stream()
              .mapToDouble(n -> fresh.cost(ledger, n, request.demand()))
              .min()
              .orElse(Double.NaN);
      Decision decision = placement.decide(request, random.nextLong());
      switch (decision) {
        case Decision.Placed placed -> {
          tally.placed++;
          held.add(placed.holding());
          assertThat(fitting).contains(placed.holding().node());
          assertThat(placed.fitting()).isEqualTo(fitting.size());
          assertThat(placed.cost()).isEqualTo(least);
          assertThat(placed.runnerUp() == null).isEqualTo(fitting.size() == 1);
          assertThat(sum(decision)).isEqualTo(nodes.size() - fitting.size());
        }
        case Decision.Refused refused -> {
          tally.refused++;
          tally.withheld += refused.withheld() ? 1 : 0;
          assertThat(fitting).isEmpty();
          assertThat(sum(decision)).isEqualTo(nodes.size());
          if (!refused.withheld() && request.rules().isEmpty()) {
            tally.changesTried += refused.changes().isEmpty() ? 0 : 1;
            assertThat(refused.changes().isEmpty()).isEqualTo(tooLargeForAll(nodes, request));
          }
        }
      }
      assertThat(decision.explain()).startsWith(request.name()).endsWith(".");
      if (step % 6 == 0) {
        ledger.check();
      }
    }
    held.forEach(placement::release);
    assertThat(ledger.milliTaken()).isZero();
    ledger.check();
  }

  private static int sum(Decision decision) {
    return decision.obstacles().values().stream().mapToInt(Integer::intValue).sum();
  }

  private static List<Integer> fitting(ChipLedger ledger, Request request, Policy policy) {
    Demand demand = request.demand();
    List<Integer> fitting = new ArrayList<>();
    for (int n = 0; n < ledger.nodes(); n++) {
      int able = 0;
      for (int c = 0; c < ledger.chips(n); c++) {
        able += ledger.free(n, c) >= demand.chipMilli() ? 1 : 0;
      }
      String chip = ledger.node(n).chip();
      boolean fits =
          demand.cpuMilli() <= ledger.cpuFree(n)
              && demand.memoryMib() <= ledger.memoryFree(n)
              && demand.chips() <= able
              && (demand.chips() == 0
                  || demand.chipTypes().isEmpty()
                  || demand.chipTypes().contains(chip));
      for (Rule rule : request.rules()) {
        fits &= rule.admits(ledger, n, demand);
      }
      if (fits && !policy.withholds(ledger, n, demand)) {
        fitting.add(n);
      }
    }
    return fitting;
  }

  private static boolean tooLargeForAll(List<Node> nodes, Request request) {
    Demand demand = request.demand();
    return nodes.stream()
        .allMatch(
            node ->
                node.chips() < demand.chips()
                    || node.cpuMilli() < demand.cpuMilli()
                    || node.memoryMib() < demand.memoryMib());
  }

  @Test
  void theSameEventsGiveTheSameDecisions() {
    for (int which = 0; which < 8; which++) {
      assertThat(story(which, 17)).isEqualTo(story(which, 17));
    }
  }

  private static List<String> story(int which, long seed) {
    Random random = new Random(seed);
    List<Node> nodes = Worlds.nodes(random);
    List<Demand> demands = Worlds.demands(random, 12);
    ChipLedger ledger = new ChipLedger(nodes);
    Placement placement =
        new Placement(ledger, Worlds.policies(DemandMix.of(demands), ledger).get(which));
    List<String> story = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      Request request = Worlds.request("request-" + i, demands, random);
      story.add(placement.decide(request, random.nextLong()).explain());
    }
    return story;
  }
}
