package dev.tangram.fleet.plan;

import dev.tangram.fleet.cost.Parallelism;

/** What became of one group of a pool's chips that a demand could be spread over. */
public sealed interface Group {
  Pool pool();

  Parallelism parallelism();

  /** The plan may choose it. */
  record Offered(Choice choice) implements Group {
    @Override
    public Pool pool() {
      return choice.pool();
    }

    @Override
    public Parallelism parallelism() {
      return choice.parallelism();
    }
  }

  /** It meets the objectives, but another carries more on the same chips: no plan needs it. */
  record Beaten(Choice choice, Choice by) implements Group {
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
