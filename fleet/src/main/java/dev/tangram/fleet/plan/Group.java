package dev.tangram.fleet.plan;

import dev.tangram.fleet.cost.Parallelism;
import java.util.Optional;

/** What became of one group of a pool's chips that a demand could be spread over. */
public sealed interface Group {
  Pool pool();

  Parallelism parallelism();

  /**
   * It meets the objectives.
   *
   * @param beatenBy another that carries more on the same chips, so that no plan needs this one;
   *     empty if the plan may choose it
   */
  record Met(Choice choice, Optional<Choice> beatenBy) implements Group {
    @Override
    public Pool pool() {
      return choice.pool();
    }

    @Override
    public Parallelism parallelism() {
      return choice.parallelism();
    }
  }

  /** It does not meet the objectives, or has no room. */
  record Refused(Parallelism parallelism, Refusal refusal) implements Group {
    @Override
    public Pool pool() {
      return refusal.pool();
    }
  }
}
