package dev.tangram.fleet.plan;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tangram.fleet.file.FleetFormatException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong in the two files is said with file, line and field. */
class PlanFilesTest {
  private static final String FLEET =
      """
      country: CN
      rooms:
        - {name: a, powerKilowatts: 10}
      pools:
        - name: p
          chip: H100
          engine: e
          servers: 4
          chipsPerServer: 8
          room: a
          price: 2
      """;
  private static final String DEMAND =
      """
      tenants:
        - {name: t, origins: [US]}
      demands:
        - name: d
          tenant: t
          model: Qwen3-8B
          requestsPerSecond: 1
          promptTokens: 100
          outputTokens: 100
          ttftMillis: 1000
          tpotMillis: 50
      """;

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "name: p | nam: p | line 5: pools[0].nam: found an unknown field",
        "servers: 4 | servers: -4 | line 8: pools[0].servers: found \"-4\"",
        "chip: H100 | chip: H1000 | line 6: pools[0].chip: found \"H1000\"",
        "price: 2 | price: 0 | line 11: pools[0].price: found \"0\"",
        "room: a | room: c | line 10: pools[0].room: found \"c\", allowed: a",
        "powerKilowatts: 10 | powerKilowatts: -1 | line 3: rooms[0].powerKilowatts: found \"-1\"",
        "price: 2 | groups: [1, 3] | line 11: pools[0].groups: found \"3\"",
        "price: 2 | count: 31 | line 11: pools[0].count: found 31, allowed: 32",
        "price: 2 | origin: CN | line 11: pools[0].origin: found \"CN\", allowed: US",
        "chip: H100 | chip: biren-br106 | a chip whose power is unknown",
        "country: CN | measurements: [no.csv] | line 1: measurements: found \"no.csv\"",
        "country: CN | country: China | line 1: country: found \"China\"",
        "engine: e | status: [{asOf: 2025-04, in: CN, rule: open, source: \"a\\nb\"}] | line 7: pools[0].status[0].source: found 3 characters, allowed: one line of at most 500",
      })
  void fleets(String old, String broken, String message) {
    assertThatThrownBy(() -> Halls.fleet(folder, FLEET.replace(old, broken)))
        .isInstanceOf(FleetFormatException.class)
        .hasMessageContaining("fleet.yaml, line ")
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "model: Qwen3-8B | model: Qwen3-9B | line 6: demands[0].model: found \"Qwen3-9B\"",
        "tpotMillis: 50 | tpotMillis: -50 | line 11: demands[0].tpotMillis: found \"-50\"",
        "ttftMillis: 1000 | ttftMillis: 0 | line 10: demands[0].ttftMillis: found \"0\"",
        "tenant: t | tenant: u | line 5: demands[0].tenant: found \"u\", allowed: t",
        "requestsPerSecond: 1 | requestPerSecond: 1 | line 7: demands[0].requestPerSecond: found an unknown",
        "tpotMillis: 50 | weights: fp4 | line 11: demands[0].weights: found \"fp4\", allowed: bf16",
        "origins: [US] | origins: [CN] | line 2: tenants[0].origins: found policies that leave no pool",
        "origins: [US] | 'origins: [US], withoutVendors: [nvidia]' | policies that leave no pool",
        "origins: [US] | rooms: 2 | line 2: tenants[0].rooms: found 2 rooms, allowed: at most 1",
        "'ttftMillis: 1000' | 'ttftMillis: 1000, ' | line 10: demands[0].ttftMillis: found \"1000,\"",
      })
  void demands(String old, String broken, String message) throws Exception {
    Fleet fleet = Halls.fleet(folder, FLEET);
    assertThatThrownBy(() -> Halls.demands(folder, fleet, DEMAND.replace(old, broken)))
        .isInstanceOf(FleetFormatException.class)
        .hasMessageContaining("demand.yaml, line ")
        .hasMessageContaining(message);
  }
}
