package dev.tangram.fleet.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tangram.fleet.chip.Chip;
import dev.tangram.fleet.chip.ChipCatalogue;
import dev.tangram.fleet.cost.Calibration;
import dev.tangram.fleet.cost.WeightType;
import dev.tangram.fleet.model.KvType;
import dev.tangram.fleet.plan.Outcome.Impossible;
import dev.tangram.fleet.plan.Outcome.Planned;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Plans of tiny halls against every combination of replicas that there is. */
class PlannerPropertyTest {
  private static final int WORLDS = 60;
  private static final long SEED = 20260101;
  private static final String[] CHIPS = {"H100", "H20", "A800", "huawei-ascend-910b"};
  private static final String[] MODELS = {"Qwen3-8B", "Qwen3-32B", "Qwen2.5-7B", "Qwen3-30B-A3B"};

  private final Menus menus = new Menus(Calibration.of(List.of()), PlanBy.LIKELY);

  @Test
  void noCombinationIsCheaper() {
    int planned = 0;
    int impossible = 0;
    for (int world = 0; world < WORLDS; world++) {
      long seed = SEED + world;
      Random random = new Random(seed);
      Fleet fleet = fleet(random);
      List<Demand> demands = demands(random, fleet);
      Planner planner = new Planner(menus, Planner.Goal.PRICE, 0, 10_000);

      Outcome outcome = planner.plan(fleet, demands);

      double best = cheapest(fleet, demands);
      switch (outcome) {
        case Planned(Plan plan) -> {
          planned++;
          assertThat(plan.price()).as("seed %d", seed).isCloseTo(best, within(1e-6));
        }
        case Impossible i -> {
          impossible++;
          assertThat(best).as("seed %d", seed).isInfinite();
          assertThat(cheapest(fleet, i.rest().menus().stream().map(Menu::demand).toList()))
              .as("seed %d", seed)
              .isCloseTo(i.rest().price(), within(1e-6));
        }
      }
    }
    assertThat(planned).as("planned").isGreaterThan(10);
    assertThat(impossible).as("impossible").isGreaterThan(3);
  }

  private static Fleet fleet(Random random) {
    Room dark = new Room("dark", OptionalDouble.of(700 + random.nextInt(1500)));
    Room light = new Room("light", OptionalDouble.empty());
    List<Pool> pools = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      Chip chip = ChipCatalogue.shipped().find(CHIPS[random.nextInt(CHIPS.length)]).orElseThrow();
      pools.add(
          new Pool(
              "p" + i,
              chip,
              "e",
              1 + random.nextInt(2),
              2,
              List.of(1, 2),
              random.nextBoolean() ? dark : light,
              1 + random.nextInt(9),
              OptionalLong.empty(),
              List.of()));
    }
    return new Fleet("tiny", "CN", "units", List.of(dark, light), pools, List.of(), List.of());
  }

  private List<Demand> demands(Random random, Fleet fleet) {
    List<Demand> demands = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      Demand one =
          new Demand(
              "d" + i,
              new Tenant("t", random.nextInt(4) == 0 ? Set.of("CN") : Set.of(), Set.of()),
              Halls.models().find(MODELS[random.nextInt(MODELS.length)]).orElseThrow(),
              WeightType.BF16,
              KvType.FP16,
              1,
              500,
              200,
              10_000,
              300,
              0.8,
              1 + random.nextInt(2),
              1);
      double most =
          menus.of(fleet, one).choices().stream().mapToDouble(Choice::rate).max().orElse(1);
      demands.add(
          new Demand(
              one.name(),
              one.tenant(),
              one.model(),
              one.weights(),
              one.kv(),
              most * (0.1 + 1.5 * random.nextDouble()),
              one.promptTokens(),
              one.outputTokens(),
              one.ttftMillis(),
              one.tpotMillis(),
              one.utilisation(),
              one.replicasMin(),
              random.nextInt(4) == 0 && one.replicasMin() == 2 ? 2 : 1));
    }
    return demands;
  }

  /** By trying all; infinite if nothing meets every rule. */
  private double cheapest(Fleet fleet, List<Demand> demands) {
    List<Choice> choices = new ArrayList<>();
    demands.forEach(demand -> choices.addAll(menus.of(fleet, demand).choices()));
    return search(fleet, demands, choices, new long[choices.size()], 0);
  }

  private static double search(
      Fleet fleet, List<Demand> demands, List<Choice> choices, long[] numbers, int at) {
    if (!fits(fleet, choices, numbers)) {
      return Double.POSITIVE_INFINITY;
    }
    if (at == numbers.length) {
      return price(demands, choices, numbers);
    }
    double best = Double.POSITIVE_INFINITY;
    long most = choices.get(at).pool().chips() / choices.get(at).chips();
    for (long number = 0; number <= most; number++) {
      numbers[at] = number;
      best = Math.min(best, search(fleet, demands, choices, numbers, at + 1));
    }
    numbers[at] = 0;
    return best;
  }

  private static boolean fits(Fleet fleet, List<Choice> choices, long[] numbers) {
    for (Pool pool : fleet.pools()) {
      long chips = 0;
      for (int i = 0; i < numbers.length; i++) {
        chips += choices.get(i).pool().equals(pool) ? numbers[i] * choices.get(i).chips() : 0;
      }
      if (chips > pool.chips()) {
        return false;
      }
    }
    double watts = 0;
    for (int i = 0; i < numbers.length; i++) {
      boolean dark = choices.get(i).pool().room().watts().isPresent();
      watts += dark ? numbers[i] * choices.get(i).watts() : 0;
    }
    return watts <= fleet.rooms().getFirst().watts().orElseThrow();
  }

  private static double price(List<Demand> demands, List<Choice> choices, long[] numbers) {
    double price = 0;
    for (Demand demand : demands) {
      double rate = 0;
      long replicas = 0;
      Set<Room> rooms = new HashSet<>();
      for (int i = 0; i < numbers.length; i++) {
        Choice choice = choices.get(i);
        if (numbers[i] > 0 && choice.demand().equals(demand)) {
          rate += numbers[i] * choice.rate();
          replicas += numbers[i];
          rooms.add(choice.pool().room());
          price += numbers[i] * choice.price();
        }
      }
      if (rate < demand.requestsPerSecond()
          || replicas < demand.replicasMin()
          || rooms.size() < demand.roomsMin()) {
        return Double.POSITIVE_INFINITY;
      }
    }
    return price;
  }
}
