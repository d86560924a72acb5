package dev.tangram.fleet.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tangram.fleet.file.FleetFormatException;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is bought when chips are lost, and why nothing else. */
class WhatIfTest {
  private static final String FLEET =
      """
      country: CN
      pools:
        - {name: ascend, chip: huawei-ascend-910b, engine: e, servers: 8, chipsPerServer: 8, price: 7}
        - {name: h20, chip: H20, engine: e, servers: 4, chipsPerServer: 8, price: 8}
      offers:
        - {name: ascend-new, chip: huawei-ascend-910b, engine: e, chipsPerServer: 8, price: 9, leadWeeks: 12}
        - {name: s4000-new, chip: moorethreads-s4000, engine: e, chipsPerServer: 8, price: 90}
        - {name: h200-new, chip: nvidia-h200-sxm, engine: e, chipsPerServer: 8, price: 1}
      """;
  private static final String DEMAND =
      """
      planBy: likely
      tenants:
        - {name: home, origins: [CN]}
      demands:
        - {name: d, tenant: home, model: Qwen3-8B, requestsPerSecond: 20, promptTokens: 500, outputTokens: 200,
           ttftMillis: 5000, tpotMillis: 200}
      """;

  @TempDir private Path folder;

  private WhatIf without(Predicate<Pool> lost, String day) throws Exception {
    Fleet fleet = Halls.fleet(folder, FLEET);
    Demands asked = Halls.demands(folder, fleet, DEMAND);
    return WhatIf.of(Halls.planner(fleet, asked.by(), 0), fleet, asked.demands(), lost, day);
  }

  private static String why(WhatIf answer, String pool) {
    return answer.notBought().stream()
        .filter(other -> other.pool().name().equals(pool))
        .findFirst()
        .orElseThrow()
        .why();
  }

  @Test
  void anOfferStandsInForWhatIsLost() throws Exception {
    WhatIf answer = without(pool -> pool.name().equals("ascend"), "2025-04-15");

    assertThat(answer.after()).isInstanceOf(Outcome.Impossible.class);
    Plan plan = answer.replacement().orElseThrow();
    assertThat(plan.serversBought().keySet()).extracting(Pool::name).containsExactly("ascend-new");
    Pool bought = plan.serversBought().keySet().iterator().next();
    assertThat(bought.leadWeeks()).isEqualTo(OptionalLong.of(12));
    assertThat(bought.servers()).isZero();
    assertThat(plan.chipsUsed(bought))
        .isEqualTo(plan.chipsUsed())
        .isBetween(1L, plan.serversBought().get(bought) * 8);
  }

  @Test
  void theOthersLostForAReason() throws Exception {
    WhatIf answer = without(pool -> pool.name().equals("ascend"), "2025-04-15");

    assertThat(answer.notBought())
        .extracting(other -> other.pool().name())
        .containsExactly("h20", "s4000-new", "h200-new");
    assertThat(why(answer, "h20")).startsWith("licence in CN since 2025-04-09: ");
    assertThat(why(answer, "s4000-new")).matches("alone it takes \\d+ servers, .* % more money");
    // No report was known on that day: the tenant's rule is what stands against it.
    assertThat(why(answer, "h200-new"))
        .isEqualTo("runs none of what is missing: d: home allows origins CN only, this is US");
    assertThat(why(without(pool -> pool.name().equals("ascend"), "2026-02-01"), "h200-new"))
        .startsWith("licence in CN since 2026-01: ");
  }

  @Test
  void aChipThatIsLostIsNotOfferedEither() throws Exception {
    WhatIf answer = without(pool -> pool.chip().id().equals("huawei-ascend-910b"), "2025-04-15");

    assertThat(answer.replacement().orElseThrow().serversBought().keySet())
        .extracting(Pool::name)
        .containsExactly("s4000-new");
    assertThat(answer.notBought())
        .extracting(other -> other.pool().name())
        .containsExactly("h20", "h200-new");
  }

  @Test
  void nothingIsAskedOfTheMarketWhereNothingIsMissing() throws Exception {
    WhatIf answer = without(pool -> pool.name().equals("h20"), "2025-04-15");

    assertThat(answer.after()).isInstanceOf(Outcome.Planned.class);
    assertThat(answer.replacement()).isEmpty();
    assertThat(answer.notBought()).isEmpty();
    assertThat(WhatIf.plan(answer.after()).chipsUsed())
        .isEqualTo(WhatIf.plan(answer.before()).chipsUsed());
  }

  @Test
  void anOfferHasNoServersAndANameOfItsOwn() {
    assertThatThrownBy(
            () -> Halls.fleet(folder, FLEET.replace("price: 9,", "price: 9, servers: 1,")))
        .isInstanceOf(FleetFormatException.class)
        .hasMessageContaining("offers[0].servers: found an unknown field");
    assertThatThrownBy(() -> Halls.fleet(folder, FLEET.replace("h200-new", "h20")))
        .isInstanceOf(FleetFormatException.class)
        .hasMessageContaining("\"h20\" a second time");
  }
}
