package dev.tangram.lab.fleet;

import dev.tangram.fleet.sim.EngineLimits;
import dev.tangram.fleet.sim.Objective;
import dev.tangram.fleet.sim.Outcome;
import dev.tangram.fleet.sim.ServedModel;
import dev.tangram.fleet.sim.Simulation;
import dev.tangram.fleet.workload.Gaps;
import dev.tangram.fleet.workload.Lengths;
import dev.tangram.fleet.workload.SeededWorkload;
import dev.tangram.schedule.pool.TurnTaking;
import dev.tangram.schedule.route.LeastLoaded;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.IntFunction;

/** Many models that are rarely asked for: one chip each, groups of requests, turns by the token. */
final class RareModels {
  static final String ASSUMPTIONS =
      """
      Pooling assumes 40 models of one kind, each asked once in 50 s (Poisson) for answers of 1,500
      tokens in the mean; 10 ms a step whatever the batch; a switch of 0.5 s that brings weights, keys
      and values; parked ones fit the machine's memory; at least 99 % of the requests within a TTFT of
      10 s and a TPOT of 100 ms. Aegaeon's 82 % are of its own market's traffic and chips.
      """;

  private static final int MODELS = 40;
  private static final long SEED = 42;
  private static final double SECONDS = 1_000;
  private static final long MILLI = 1_000_000;
  private static final double GOOD = 0.99;
  private static final Objective OBJECTIVE = new Objective(10, 0.1);
  private static final TurnTaking TURNS =
      new TurnTaking(10_000 * MILLI, 100 * MILLI, 500 * MILLI, 4_000 * MILLI);

  private RareModels() {}

  private static EngineLimits limits(int blocks, int sequences) {
    return EngineLimits.of(blocks, 16, EngineLimits.NO_STATES, sequences, 2_048, Long.MAX_VALUE);
  }

  private static List<ServedModel> served() {
    return Collections.nCopies(
        MODELS,
        new ServedModel(
            "m",
            (_, _, promptTokens, _) -> 10 * MILLI + promptTokens * MILLI / 10,
            limits(4_000, 32),
            500 * MILLI));
  }

  static int models() {
    return MODELS;
  }

  /**
   * Chips that keep the objective where a chip serves a group of one model's requests at a time.
   */
  static int chipsOfGroups() {
    return fewest(chips -> Simulation.pooled(served(), chips, 8, OBJECTIVE));
  }

  /** Chips that keep the objective where models decode in turns. */
  static int chipsOfTurns() {
    return fewest(chips -> Simulation.timeShared(served(), chips, TURNS, OBJECTIVE));
  }

  private static int fewest(IntFunction<Simulation> simulation) {
    // Fewer are overloaded and take long to simulate.
    int chips = 5;
    while (run(simulation.apply(chips)).goodShare() < GOOD) {
      chips++;
    }
    return chips;
  }

  private static Outcome run(Simulation simulation) {
    return simulation.run(
        new SeededWorkload(
            SEED,
            Gaps.poisson(MODELS * 0.02),
            Lengths.lognormal(300, 1_500, 0.5, 10_000),
            MODELS,
            SECONDS),
        SECONDS,
        List.of());
  }

  /** Mean number of 100 models with a request under way, at Aegaeon's rate and service time. */
  static double active() {
    int models = 100;
    int steps = 100;
    double seconds = 20_000;
    ServedModel model =
        new ServedModel(
            "m", (_, _, _, _) -> (long) (16.79 / steps * 1e9), limits(1_000, 64), 1_000 * MILLI);
    int[] replicas = new int[models];
    Arrays.fill(replicas, 1);
    return Simulation.dedicated(
            Collections.nCopies(models, model), replicas, LeastLoaded::new, new Objective(1e9, 1e9))
        .run(
            new SeededWorkload(
                SEED, Gaps.poisson(models * 0.037), Lengths.fixed(8, steps), models, seconds),
            seconds,
            List.of())
        .modelsActive();
  }
}
