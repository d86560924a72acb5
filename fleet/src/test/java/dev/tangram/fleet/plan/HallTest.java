package dev.tangram.fleet.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tangram.fleet.plan.Outcome.Planned;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The published hall, as the example ships it. */
class HallTest {
  private static final Path DEMAND = Halls.EXAMPLE.resolve("demand.yaml");

  @Test
  void isTheOneThatWasBroadcast() throws Exception {
    Fleet hall = Halls.fleet(Halls.EXAMPLE.resolve("fleet.yaml"));

    assertThat(hall.pools().stream().mapToInt(Pool::servers).sum()).isEqualTo(1747);
    assertThat(hall.chips()).isEqualTo(22_832);
    long ppu =
        hall.pools().stream()
            .filter(pool -> pool.chip().vendor().equals("T-Head"))
            .mapToLong(Pool::chips)
            .sum();
    assertThat(Math.round(1000.0 * ppu / hall.chips())).isEqualTo(718);
  }

  @Test
  void isPlanned() throws Exception {
    Fleet hall = Halls.fleet(Halls.EXAMPLE.resolve("fleet.yaml"));

    Plan plan = planned(hall);

    check(plan);
    assertThat(plan.chipsUsed()).isGreaterThan(hall.chips() / 2);
  }

  @Test
  void foreignChipsServeOnlyWhoAllowsThem() throws Exception {
    Fleet hall = Halls.fleet(Halls.EXAMPLE.resolve("fleet-with-h20.yaml"));

    Plan plan = planned(hall);

    check(plan);
    List<String> tenants =
        plan.assignments().stream()
            .filter(part -> part.choice().pool().chip().origin().equals("US"))
            .map(part -> part.choice().demand().tenant().name())
            .distinct()
            .toList();
    assertThat(tenants).containsExactly("overseas");
  }

  @Test
  void losingTheForeignChipsMovesThoseWhoStoodOnThem() throws Exception {
    Fleet hall = Halls.fleet(Halls.EXAMPLE.resolve("fleet-with-h20.yaml"));
    Demands demands = Halls.demands(DEMAND, hall);

    WhatIf answer =
        WhatIf.of(
            Halls.planner(hall, demands.by(), Halls.GAP),
            hall,
            demands.demands(),
            pool -> pool.chip().id().equals("nvidia-h20-96g"),
            "2025-04-15");

    assertThat(WhatIf.tenants(answer.hit())).containsExactly("overseas");
    assertThat(answer.after()).isInstanceOf(Planned.class);
    assertThat(WhatIf.plan(answer.after()).bound())
        .isGreaterThanOrEqualTo(WhatIf.plan(answer.before()).bound() * (1 - Halls.GAP));
  }

  private static Plan planned(Fleet hall) throws Exception {
    Demands demands = Halls.demands(DEMAND, hall);
    Outcome outcome = Halls.planner(hall, demands.by(), Halls.GAP).plan(hall, demands.demands());
    assertThat(outcome).isInstanceOf(Planned.class);
    return ((Planned) outcome).plan();
  }

  /** Every rule again, from the plan alone. */
  static void check(Plan plan) {
    assertThat(plan.gap()).isBetween(0.0, Halls.GAP);
    assertThat(plan.value())
        .isCloseTo(plan.price(), org.assertj.core.data.Percentage.withPercentage(0.01));
    for (Pool pool : plan.fleet().pools()) {
      assertThat(plan.chipsUsed(pool)).as(pool.name()).isBetween(0L, pool.chips());
    }
    for (Room room : plan.fleet().rooms()) {
      room.watts()
          .ifPresent(limit -> assertThat(plan.watts(room)).isLessThanOrEqualTo(limit * 1.000001));
    }
    for (Menu menu : plan.menus()) {
      check(menu.demand(), plan.of(menu.demand()));
    }
  }

  private static void check(Demand demand, List<Plan.Assignment> parts) {
    assertThat(parts.stream().mapToDouble(p -> p.replicas() * p.choice().rate()).sum())
        .as(demand.name())
        .isGreaterThanOrEqualTo(demand.requestsPerSecond() * 0.99999);
    assertThat(parts.stream().mapToLong(Plan.Assignment::replicas).sum())
        .isGreaterThanOrEqualTo(demand.replicasMin());
    assertThat(parts.stream().map(p -> p.choice().pool().room()).distinct().count())
        .isGreaterThanOrEqualTo(demand.roomsMin());
    for (Plan.Assignment part : parts) {
      assertThat(demand.tenant().allowsOrigin(part.choice().pool())).isTrue();
      assertThat(demand.tenant().allowsVendor(part.choice().pool())).isTrue();
      assertThat(part.choice().tpotMillis()).isLessThanOrEqualTo(demand.tpotMillis());
      assertThat(part.choice().ttftMillis()).isLessThanOrEqualTo(demand.ttftMillis());
    }
  }
}
