package dev.tangram.fleet.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tangram.fleet.plan.Outcome.Impossible;
import dev.tangram.fleet.plan.Outcome.Planned;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Small halls where one sees what must come out. */
class PlannerTest {
  private static final String FLEET =
      """
      country: CN
      rooms:
        - {name: a, powerKilowatts: 100}
        - {name: b}
      pools:
        - {name: h100, chip: H100, engine: e, servers: 4, chipsPerServer: 8, room: a, price: 20}
        - {name: h20, chip: H20, engine: e, servers: 4, chipsPerServer: 8, room: b, price: 8, leadWeeks: 5}
        - {name: ascend, chip: huawei-ascend-910b, engine: e, servers: 8, chipsPerServer: 8, room: b, price: 7}
      """;
  private static final String TENANTS =
      """
      planBy: likely
      tenants:
        - {name: any}
        - {name: home, origins: [CN]}
        - {name: spread, rooms: 2}
      demands:
      """;

  @TempDir private Path folder;

  private static String demand(String name, String tenant, String model, double rate, double tpot) {
    return """
          - {name: %s, tenant: %s, model: %s, requestsPerSecond: %s, promptTokens: 500, outputTokens: 200,
             ttftMillis: 5000, tpotMillis: %s}
        """
        .formatted(name, tenant, model, rate, tpot);
  }

  private Outcome plan(String fleetText, String... demands) throws Exception {
    Fleet fleet = Halls.fleet(folder, fleetText);
    Demands asked = Halls.demands(folder, fleet, TENANTS + String.join("", demands));
    return Halls.planner(fleet, asked.by(), 0).plan(fleet, asked.demands());
  }

  private Plan planned(String fleetText, String... demands) throws Exception {
    Outcome outcome = plan(fleetText, demands);
    assertThat(outcome).isInstanceOf(Planned.class);
    return ((Planned) outcome).plan();
  }

  @Test
  void theCheapestChipServesWhereItMay() throws Exception {
    Plan plan = planned(FLEET, demand("d", "any", "Qwen3-8B", 1, 100));

    assertThat(plan.assignments()).hasSize(1);
    double least =
        plan.menus().getFirst().choices().stream()
            .mapToDouble(Choice::priceAlone)
            .min()
            .orElseThrow();
    assertThat(plan.price()).isEqualTo(least);
    assertThat(plan.gap()).isLessThan(1e-6);
  }

  @Test
  void roomsAreSpreadOver() throws Exception {
    Plan plan = planned(FLEET, demand("d", "spread", "Qwen3-8B", 1, 100));

    assertThat(plan.assignments().stream().map(a -> a.choice().pool().room().name()))
        .contains("a", "b");
  }

  @Test
  void everyPoolThatLostSaysWhy() throws Exception {
    Plan plan = planned(FLEET, demand("d", "home", "Qwen3-8B", 1, 100));

    List<Reasons.Loser> losers = Reasons.of(plan, plan.menus().getFirst().demand());
    if (plan.assignments().getFirst().choice().pool().name().equals("ascend")) {
      assertThat(losers).extracting(loser -> loser.pool().name()).containsExactly("h100", "h20");
    }
    assertThat(losers)
        .extracting(Reasons.Loser::lost)
        .allMatch(why -> why.equals("home allows origins CN only, this is US"));
  }

  @Test
  void everyGroupThatWasTriedSaysWhy() throws Exception {
    Plan plan = planned(FLEET, demand("d", "any", "Qwen2.5-72B", 1, 60));

    Demand demand = plan.menus().getFirst().demand();
    List<Reasons.Split> splits = Reasons.splits(plan, demand);
    assertThat(splits)
        .filteredOn(split -> split.pool().name().equals("h100"))
        .extracting(Reasons.Split::split)
        .containsExactly("tp1", "tp2", "tp4", "tp8");
    assertThat(splits)
        .filteredOn(Reasons.Split::chosen)
        .extracting(split -> split.pool().name() + " " + split.split() + ": " + split.why())
        .containsExactlyInAnyOrderElementsOf(
            plan.of(demand).stream()
                .map(Plan.Assignment::choice)
                .map(choice -> choice.pool().name() + " " + choice.split() + ": chosen")
                .toList());
    assertThat(splits)
        .filteredOn(split -> split.split().equals("tp1"))
        .extracting(Reasons.Split::why)
        .allMatch(why -> why.matches("needs \\d+ GB a chip on 1 chip, usable are \\d+"));
    // Of those that meet the objectives each is offered, or another carries more on its chips.
    List<Choice> choices = plan.menus().getFirst().choices();
    for (Reasons.Split split : splits) {
      boolean offered =
          choices.stream()
              .anyMatch(c -> c.pool().equals(split.pool()) && c.split().equals(split.split()));
      assertThat(split.why())
          .matches(
              offered
                  ? "chosen|.* would carry it all, for .*"
                  : "(needs|TPOT|TTFT) .*|.* requests/s on .* carries .*");
    }
  }

  @Test
  void anImpossibleObjectiveIsTheConflict() throws Exception {
    Outcome outcome =
        plan(
            FLEET,
            demand("good", "any", "Qwen3-8B", 1, 100),
            demand("bad", "any", "Qwen3-8B", 1, 0.001));

    var impossible = (Impossible) outcome;
    assertThat(impossible.rest().menus())
        .extracting(m -> m.demand().name())
        .containsExactly("good");
    assertThat(impossible.broken()).hasSize(1);
    assertThat(impossible.broken().getFirst().conflict())
        .extracting(Rule::words)
        .containsExactlyInAnyOrder(
            "bad: 1 requests/s of 500 + 200 tokens", "bad: TPOT at most 0.001 ms");
  }

  @Test
  void policyAndChipsTogetherAreTheConflict() throws Exception {
    String noAscend = FLEET.replace("servers: 8", "servers: 1");
    Outcome outcome = plan(noAscend, demand("big", "home", "Qwen3-32B", 100, 200));

    assertThat(((Impossible) outcome).broken().getFirst().conflict())
        .extracting(Rule::words)
        .contains("home: chips from CN only", "pool ascend: 8 chips")
        .noneMatch(words -> words.contains("h100") || words.contains("TPOT"));
  }

  @Test
  void demandsThatCrowdEachOtherOutAreBothNamed() throws Exception {
    String small =
        FLEET
            .replaceAll("(?m)^.*(name: h100|name: h20).*\n", "")
            .replace("servers: 8", "servers: 1");
    Outcome alone = plan(small, demand("one", "any", "Qwen2.5-72B", 0.5, 300));
    assertThat(alone).isInstanceOf(Planned.class);

    Outcome outcome =
        plan(
            small,
            demand("one", "any", "Qwen2.5-72B", 0.5, 300),
            demand("two", "any", "Qwen2.5-72B", 0.5, 300),
            demand("three", "any", "Qwen2.5-72B", 0.5, 300));

    var impossible = (Impossible) outcome;
    assertThat(impossible.broken()).isNotEmpty();
    assertThat(impossible.broken().getFirst().conflict())
        .extracting(Rule::words)
        .contains("pool ascend: 8 chips")
        .filteredOn(words -> words.contains("requests/s"))
        .hasSizeGreaterThanOrEqualTo(2);
  }

  @Test
  void aRoomWithoutPowerIsNotFilled() throws Exception {
    String dim =
        FLEET
            .replace("powerKilowatts: 100", "powerKilowatts: 0.5")
            .replace("price: 20", "price: 0.1");
    Plan plan = planned(dim, demand("d", "any", "Qwen3-8B", 1, 100));

    assertThat(plan.assignments()).noneMatch(a -> a.choice().pool().name().equals("h100"));
    assertThat(Reasons.of(plan, plan.menus().getFirst().demand()).getFirst().lost())
        .contains("kW more than room a has left");
  }

  @Test
  void whatIsLostIsReplacedByWhatMayBeBought() throws Exception {
    Fleet fleet = Halls.fleet(folder, FLEET);
    Demands asked =
        Halls.demands(folder, fleet, TENANTS + demand("d", "home", "Qwen3-32B", 20, 200));
    Fleet one = fleet.only(pool -> !pool.name().equals("h100"));
    Pool h20 = fleet.pools().get(1);
    Pool ascend = fleet.pools().get(2);

    assertThat(WhatIf.mayBeBought(h20, "CN", "2025-04-08")).isTrue();
    assertThat(WhatIf.mayBeBought(h20, "CN", "2025-04-15")).isFalse();
    assertThat(WhatIf.mayBeBought(ascend, "CN", "2025-04-15")).isTrue();
    Plan plan =
        Halls.planner(fleet, PlanBy.LIKELY, 0)
            .buying(
                new Fleet(
                    "small",
                    "CN",
                    "units",
                    one.rooms(),
                    List.of(shrunk(ascend), h20),
                    List.of(),
                    List.of()),
                asked.demands(),
                pool -> WhatIf.mayBeBought(pool, "CN", "2025-04-15"));

    assertThat(plan.serversBought()).containsOnlyKeys(shrunk(ascend));
    assertThat(plan.chipsFree(shrunk(ascend))).isBetween(0L, 7L);
  }

  private static Pool shrunk(Pool pool) {
    return new Pool(
        pool.name(),
        pool.chip(),
        pool.engine(),
        1,
        pool.chipsPerServer(),
        pool.groups(),
        pool.room(),
        pool.price(),
        pool.leadWeeks(),
        pool.status());
  }
}
