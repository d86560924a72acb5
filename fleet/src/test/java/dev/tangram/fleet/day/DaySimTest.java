package dev.tangram.fleet.day;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tangram.fleet.plan.Demands;
import dev.tangram.fleet.plan.Fleet;
import dev.tangram.fleet.plan.Halls;
import dev.tangram.fleet.plan.Outcome.Planned;
import dev.tangram.fleet.plan.Plan;
import dev.tangram.fleet.plan.PlanBy;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Days of a hall of twelve servers. */
class DaySimTest {
  private static final String FLEET =
      """
      name: small
      country: CN
      currency: CNY
      rooms: [{name: a}]
      pools:
        - {name: h20, chip: nvidia-h20-96g, servers: 12, chipsPerServer: 8, room: a, price: 1}
      """;

  private static final String DEMAND =
      """
      tenants: [{name: t}]
      demands:
        - {name: chat, tenant: t, model: Qwen3-8B, weights: bf16, requestsPerSecond: 60,
           promptTokens: 500, outputTokens: 100, ttftMillis: 2000, tpotMillis: 60}
        - {name: large, tenant: t, model: Qwen3-32B, weights: bf16, requestsPerSecond: 8,
           promptTokens: 800, outputTokens: 150, ttftMillis: 4000, tpotMillis: 100}
      """;

  private static final DayOptions QUIET = options(1, Double.POSITIVE_INFINITY, 4);

  @TempDir private Path folder;
  private Fleet fleet;
  private Plan plan;

  @BeforeEach
  void plan() throws Exception {
    fleet = Halls.fleet(folder, FLEET);
    Demands demands = Halls.demands(folder, fleet, DEMAND);
    plan =
        ((Planned) Halls.planner(fleet, PlanBy.LIKELY, Halls.GAP).plan(fleet, demands.demands()))
            .plan();
  }

  private static DayOptions options(long seed, double failureDays, double repairHours) {
    return new DayOptions(seed, new DayShape(0.3, 15), 2, 10, 1, failureDays, repairHours, 2e9, 60);
  }

  private Day day(DayOptions options) throws Exception {
    return Day.of(plan, Halls.calibration(fleet), options, _ -> {});
  }

  @Test
  void nothingIsLostOrMadeUp() throws Exception {
    Day day = day(QUIET);

    assertThat(day.groups()).hasSameSizeAs(plan.assignments());
    for (GroupDay group : day.groups()) {
      var sample = group.sample();
      assertThat(sample.finished() + sample.refused()).isEqualTo(sample.requests());
      assertThat(sample.good()).isLessThanOrEqualTo(sample.finished());
      double byHour = 3600 * Arrays.stream(group.tokensPerSecond()).sum();
      // A sequence's tokens count in the hour in which they are made.
      assertThat(byHour).isCloseTo(group.outputTokens(), within(1e-6 * byHour));
      assertThat(group.up()).containsOnly(1);
    }
    // 60 and 8 a second at the peak, of which a day sees 65 %.
    assertThat(day.requests()).isCloseTo(68 * 86_400 * 0.65, within(68 * 86_400 * 0.05));
    assertThat(day.incidents()).isEmpty();
    assertThat(day.unplaced()).isEmpty();
    assertThat(day.chipsUp()).containsOnly(plan.chipsUsed());
  }

  @Test
  void theSameSeedIsTheSameDay() throws Exception {
    DayOptions failing = options(7, 5, 4);
    Day one = day(failing);
    Day again = day(failing);

    assertThat(again.incidents()).isEqualTo(one.incidents());
    assertThat(samples(again)).isEqualTo(samples(one));
    assertThat(samples(day(options(8, 5, 4)))).isNotEqualTo(samples(one));
  }

  private static List<Object> samples(Day day) {
    return day.groups().stream().<Object>map(GroupDay::sample).toList();
  }

  @Test
  void aLostReplicaIsUpElsewhereAfterItsWeightsAreLoaded() throws Exception {
    Day day = day(options(3, 8, 4));

    assertThat(day.failures()).isPositive();
    assertThat(day.incidents()).isNotEmpty();
    for (Incident one : day.incidents()) {
      assertThat(one.newServer()).isNotEmpty().isNotEqualTo(one.server());
      assertThat(one.why()).isEmpty();
      double down = one.upSeconds() - one.atSeconds();
      // 60 s, and 16 or 66 GB at 2 GB/s.
      assertThat(down).isBetween(60.0, 120.0);
    }
    double lost =
        day.groups().stream()
            .mapToDouble(g -> g.part().replicas() * (24 - Arrays.stream(g.up()).sum()))
            .sum();
    double told =
        day.incidents().stream().mapToDouble(i -> i.upSeconds() - i.atSeconds()).sum() / 3600;
    assertThat(lost).isCloseTo(told, within(1e-6));
  }

  @Test
  void whereAllServersAreDownReplicasWaitAndAreToldWhy() throws Exception {
    Day day = day(options(5, 0.2, 30));

    assertThat(day.failures()).isEqualTo(12);
    assertThat(day.incidents())
        .anySatisfy(
            one -> {
              assertThat(one.newServer()).isEmpty();
              assertThat(one.why()).contains("server down");
              assertThat(one.upSeconds()).isInfinite();
            });
    double last = day.chipsUp()[23];
    assertThat(last).isZero();
    assertThat(good(day)).isLessThan(good(day(QUIET)));
  }

  private static double good(Day day) {
    return day.goodTokens() / day.outputTokens();
  }

  @Test
  void trafficIsWholeAtItsPeakAndLeastAtNight() {
    DayShape shape = new DayShape(0.25, 12);

    assertThat(shape.share(12)).isCloseTo(1, within(0.01));
    assertThat(shape.share(0)).isCloseTo(0.25, within(0.01));
    assertThat(shape.share(6)).isCloseTo(shape.share(17), within(1e-9));
    assertThatThrownBy(() -> new DayShape(1.5, 12)).hasMessage("night: found 1.5, allowed: 0 to 1");
  }
}
