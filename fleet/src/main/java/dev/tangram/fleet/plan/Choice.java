package dev.tangram.fleet.plan;

import dev.tangram.fleet.cost.Evidence;
import dev.tangram.fleet.cost.Parallelism;

/**
 * A replica of a demand that would meet its objectives.
 *
 * @param batch sequences at once
 * @param rate requests per second that the plan relies on
 * @param rateLower of the whole interval, utilisation counted in as in {@code rate}
 * @param ttftMillis as relied on, waiting included
 * @param tpotMillis as relied on
 */
public record Choice(
    Demand demand,
    Pool pool,
    Parallelism parallelism,
    int batch,
    double rate,
    double rateLower,
    double rateLikely,
    double rateUpper,
    double ttftMillis,
    double tpotMillis,
    Evidence evidence) {

  public int chips() {
    return parallelism.chips();
  }

  /** Of one replica for an hour. */
  public double price() {
    return chips() * pool.price();
  }

  public double watts() {
    return chips() * pool.watts();
  }

  /** Replicas that would carry the whole demand alone. */
  public long replicasAlone() {
    return Math.max(
        demand.replicasMin(), (long) Math.ceil(demand.requestsPerSecond() / rate - 1e-9));
  }

  /** Of the whole demand on such replicas, for an hour. */
  public double priceAlone() {
    return replicasAlone() * price();
  }

  /** Such as {@code tp8} or {@code ep16}. */
  public String split() {
    return parallelism.word();
  }
}
