package dev.tangram.fleet.plan;

import dev.tangram.fleet.cost.Evidence;
import dev.tangram.fleet.cost.Forecast;
import dev.tangram.fleet.cost.Parallelism;
import dev.tangram.schedule.Invariant;

/** What the cost model says of one group of chips, apart from the pool that it belongs to. */
sealed interface Trial {
  /** Rates in requests per second, times in milliseconds: see {@link Choice}. */
  record Runs(
      int batch,
      double rate,
      double lower,
      double likely,
      double upper,
      double ttft,
      double tpot,
      Evidence evidence)
      implements Trial {
    Choice choice(Demand demand, Pool pool, Parallelism parallelism) {
      return new Choice(
          demand, pool, parallelism, batch, rate, lower, likely, upper, ttft, tpot, evidence);
    }
  }

  /**
   * @param obstacle what the cost model found; a prediction if the objective was missed
   */
  record Fails(Forecast obstacle, String objective, double millis, double allowed)
      implements Trial {
    Refusal refusal(Pool pool, Parallelism parallelism) {
      return switch (obstacle) {
        case Forecast.FiguresMissing missing -> new Refusal.Unknown(pool, missing.figures());
        case Forecast.DoesNotFit shortage ->
            new Refusal.TooLarge(
                pool, parallelism.chips(), shortage.gigabytesNeeded(), shortage.gigabytesUsable());
        case Forecast.Predicted _ -> {
          Invariant.check(!objective.isEmpty(), "a missed objective has a name");
          yield new Refusal.TooSlow(pool, objective, millis, allowed, parallelism.chips());
        }
      };
    }
  }
}
