package dev.tangram.fleet.sim;

import static dev.tangram.fleet.sim.Fleets.LOOSE;
import static dev.tangram.fleet.sim.Fleets.MILLI;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tangram.fleet.workload.Gaps;
import dev.tangram.fleet.workload.Lengths;
import dev.tangram.fleet.workload.SeededWorkload;
import dev.tangram.fleet.workload.Workload;
import dev.tangram.schedule.pool.TurnTaking;
import dev.tangram.schedule.route.LeastLoaded;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.IntFunction;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/** Many models that are rarely asked for. */
class PoolingSimTest {
  private static final long SEED = 42;

  /**
   * Aegaeon's closed form: a model is active with probability 1 - exp(-rate x service). Requests of
   * a model run side by side and do not slow each other.
   */
  @Test
  void asManyModelsAreActiveAsTheClosedFormSays() {
    int models = 100;
    double rate = 0.037;
    double service = 16.79;
    double seconds = 20_000;
    int steps = 100;
    ServedModel model = Fleets.fixed("m", (long) (service / steps * 1e9), Fleets.limits(1_000, 64));
    int[] replicas = new int[models];
    Arrays.fill(replicas, 1);

    Outcome outcome =
        Simulation.dedicated(Collections.nCopies(models, model), replicas, LeastLoaded::new, LOOSE)
            .run(
                new SeededWorkload(
                    SEED, Gaps.poisson(models * rate), Lengths.fixed(8, steps), models, seconds),
                seconds,
                List.of());

    double expected = models * (1 - Math.exp(-rate * service));
    System.out.printf(
        "E[active models]: closed form %.2f, simulated %.2f%n", expected, outcome.modelsActive());
    assertThat(outcome.modelsActive()).isCloseTo(expected, Percentage.withPercentage(1));
    // As published; the rounded rate above gives 46.27.
    assertThat(outcome.modelsActive()).isCloseTo(46.55, Percentage.withPercentage(1));
  }

  /** Where requests take turns, an objective of seconds leaves room for switches of a second. */
  @Test
  void poolingKeepsTheObjectiveOnFewerHosts() {
    int models = 40;
    Objective objective = new Objective(10, 0.05);
    List<ServedModel> served =
        Collections.nCopies(models, Fleets.plain("m", Fleets.limits(4_000, 32), 1_000 * MILLI));
    int[] replicas = new int[models];
    Arrays.fill(replicas, 1);

    Outcome dedicated =
        Simulation.dedicated(served, replicas, LeastLoaded::new, objective)
            .run(rare(models), 2_000, List.of());
    assertThat(dedicated.goodShare()).isGreaterThan(0.99);

    int hosts = 1;
    Outcome pooled = pool(served, hosts, objective);
    while (pooled.goodShare() < 0.99) {
      hosts++;
      pooled = pool(served, hosts, objective);
    }
    System.out.printf(
        "pooled: %d hosts for %d models, ttft p99 %.2f s, %d switches, %.1f models active%n",
        hosts, models, pooled.ttftSeconds().p99(), pooled.switches(), pooled.modelsActive());
    assertThat(hosts).isLessThan(models / 2);
    assertThat(pooled.switches()).isPositive();
    assertThat(pooled.outputTokens()).isEqualTo(dedicated.outputTokens());
    assertThat(pooled.finished()).isEqualTo(pooled.requests());
  }

  @Test
  void aHostThatDiesGivesItsGroupToOthers() {
    int models = 6;
    List<ServedModel> served =
        Collections.nCopies(models, Fleets.plain("m", Fleets.limits(4_000, 32), 500 * MILLI));
    List<Outage> outages = new ArrayList<>();
    for (int i = 1; i < 60; i++) {
      outages.add(new Outage(i % 3, 33_000L * i * MILLI));
    }

    Outcome outcome = Simulation.pooled(served, 3, 4, LOOSE).run(rare(models), 2_000, outages);

    assertThat(outcome.retried()).isPositive();
    assertThat(outcome.finished()).isEqualTo(outcome.requests());
  }

  /** Turns by the token keep more models under way on a chip than turns by the request. */
  @Test
  void turnsByTheTokenNeedStillFewerChips() {
    int models = 40;
    Objective objective = new Objective(10, 0.1);
    List<ServedModel> served =
        Collections.nCopies(models, Fleets.plain("m", Fleets.limits(4_000, 32), 500 * MILLI));
    TurnTaking turns = new TurnTaking(10_000 * MILLI, 100 * MILLI, 500 * MILLI, 4_000 * MILLI);

    int grouped = fewest(chips -> longAnswers(Simulation.pooled(served, chips, 8, objective)));
    int shared =
        fewest(chips -> longAnswers(Simulation.timeShared(served, chips, turns, objective)));
    Outcome best = longAnswers(Simulation.timeShared(served, shared, turns, objective));

    System.out.printf(
        "chips for %d models, 99 %% good: one each %d, groups of requests %d, turns by the token %d"
            + " (%.1f models active, %d switches, busy %.0f %%)%n",
        models,
        models,
        grouped,
        shared,
        best.modelsActive(),
        best.switches(),
        100 * best.busyShare());
    assertThat(shared).isLessThan(grouped);
    assertThat(grouped).isLessThan(models);
    assertThat(best.finished()).isEqualTo(best.requests());
    assertThat(longAnswers(Simulation.timeShared(served, shared, turns, objective)))
        .isEqualTo(best);
  }

  private static int fewest(IntFunction<Outcome> run) {
    // Fewer are overloaded and take long to simulate.
    int chips = 5;
    assertThat(run.apply(chips).goodShare()).isLessThan(0.99);
    while (run.apply(chips).goodShare() < 0.99) {
      chips++;
    }
    return chips;
  }

  /** A request of each model every 50 s, whose answer takes 15 s when it has the chip to itself. */
  private static Outcome longAnswers(Simulation simulation) {
    int models = 40;
    return simulation.run(
        new SeededWorkload(
            SEED,
            Gaps.poisson(models * 0.02),
            Lengths.lognormal(300, 1_500, 0.5, 10_000),
            models,
            1_000),
        1_000,
        List.of());
  }

  /** Whole groups that no engine could hold: the host goes on with the next. */
  @Test
  void groupsThatAreRefusedBlockNobody() {
    int models = 5;
    List<ServedModel> served =
        Collections.nCopies(models, Fleets.plain("m", Fleets.limits(10, 4), 500 * MILLI));

    // 160 tokens fit; a third of all wants more.
    Outcome outcome =
        Simulation.pooled(served, 1, 1, LOOSE)
            .run(
                new SeededWorkload(
                    SEED, Gaps.poisson(3), Lengths.lognormal(70, 70, 1, 1_000), models, 300),
                300,
                List.of());

    assertThat(outcome.refused()).isGreaterThan(100);
    assertThat(outcome.finished()).isGreaterThan(400);
    assertThat(outcome.finished() + outcome.refused()).isEqualTo(outcome.requests());
  }

  private static Outcome pool(List<ServedModel> served, int hosts, Objective objective) {
    return Simulation.pooled(served, hosts, 8, objective)
        .run(rare(served.size()), 2_000, List.of());
  }

  /** A request of each model every 50 s, of 2 s and more. */
  private static Workload rare(int models) {
    return new SeededWorkload(
        SEED, Gaps.poisson(models * 0.02), Lengths.lognormal(400, 200, 0.6, 4_000), models, 2_000);
  }
}
