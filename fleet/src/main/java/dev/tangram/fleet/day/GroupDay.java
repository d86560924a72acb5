package dev.tangram.fleet.day;

import dev.tangram.fleet.plan.Plan;
import dev.tangram.fleet.sim.Outcome;

/**
 * What a group's day came to.
 *
 * @param sampled replicas whose requests were simulated
 * @param scale from counts of the sample to counts of the whole group and the whole day
 * @param sample the simulated part
 * @param tokensPerSecond answer tokens of the whole group, by hour
 * @param up mean share of the replicas that were up, by hour
 */
public record GroupDay(
    Plan.Assignment part,
    int sampled,
    double scale,
    Outcome sample,
    double[] tokensPerSecond,
    double[] up) {

  public double requests() {
    return sample.requests() * scale;
  }

  public double promptTokens() {
    return sample.promptTokens() * scale;
  }

  public double outputTokens() {
    return sample.outputTokens() * scale;
  }

  /** Of requests that kept the objectives. */
  public double goodTokens() {
    return sample.goodTokens() * scale;
  }

  /** Share of the chips' time in which a step ran, by the sample. */
  public double busyShare() {
    return Math.min(1, sample.busyShare());
  }

  /** Of the whole day; at rated power while a step runs, nothing is known of idle chips. */
  public double kilowattHours() {
    return part.replicas() * part.choice().watts() * busyShare() * DayShape.HOURS / 1000;
  }

  public double price() {
    return part.price() * DayShape.HOURS;
  }
}
