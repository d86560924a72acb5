package dev.tangram.fleet.day;

import dev.tangram.fleet.cost.Calibration;
import dev.tangram.fleet.cost.Replica;
import dev.tangram.fleet.cost.Roofline;
import dev.tangram.fleet.plan.Choice;
import dev.tangram.fleet.plan.Plan;
import dev.tangram.fleet.sim.EngineLimits;
import dev.tangram.fleet.sim.Objective;
import dev.tangram.fleet.sim.Outcome;
import dev.tangram.fleet.sim.RooflineStep;
import dev.tangram.fleet.sim.ServedModel;
import dev.tangram.fleet.sim.Simulation;
import dev.tangram.fleet.sim.Timeline;
import dev.tangram.fleet.workload.Lengths;
import dev.tangram.schedule.route.LeastLoaded;
import java.util.List;

/** The replicas of one demand on one pool, and their share of its requests. */
final class Group {
  private static final int BLOCK_LENGTH = 16;
  private static final int STEP_TOKENS = 2048;
  private static final double MILLI = 1e-3;
  private static final long WAIT_NANOS_MAX = 120_000_000_000L;

  private final Plan.Assignment part;
  private final Roofline roofline;
  private final ServedModel served;
  private final double requestsPerSecond;

  private Group(
      Plan.Assignment part, Roofline roofline, ServedModel served, double requestsPerSecond) {
    this.part = part;
    this.roofline = roofline;
    this.served = served;
    this.requestsPerSecond = requestsPerSecond;
  }

  /** Requests are shared out among a demand's groups by what each can carry. */
  static Group of(Plan plan, Plan.Assignment part, Calibration calibration) {
    Choice choice = part.choice();
    var demand = choice.demand();
    Replica replica =
        new Replica(
            demand.model(),
            choice.pool().chip(),
            choice.pool().engine(),
            choice.parallelism(),
            demand.weights(),
            demand.kv());
    Roofline roofline = Roofline.of(replica);
    // A replica runs at most the batch that was planned for it: more would miss the objective.
    EngineLimits limits =
        EngineLimits.of(
            roofline,
            demand.model().stateLayers() > 0,
            BLOCK_LENGTH,
            choice.batch(),
            STEP_TOKENS,
            WAIT_NANOS_MAX);
    double carried =
        plan.of(demand).stream().mapToDouble(a -> a.replicas() * a.choice().rate()).sum();
    ServedModel served =
        new ServedModel(
            demand.model().name(),
            new RooflineStep(roofline, calibration.constants(replica)),
            limits,
            0);
    return new Group(
        part,
        roofline,
        served,
        demand.requestsPerSecond() * part.replicas() * choice.rate() / carried);
  }

  Plan.Assignment part() {
    return part;
  }

  /** Of all its replicas at the day's peak. */
  double requestsPerSecond() {
    return requestsPerSecond;
  }

  /** Until a replica is up on other chips. */
  double loadSeconds(DayOptions options) {
    double bytes = roofline.heldBytes() * part.choice().chips();
    return options.startSeconds() + bytes / options.loadBytesPerSecond();
  }

  /**
   * Serves a sample of the day.
   *
   * @param up mean share of the group's replicas that are up, by hour
   */
  GroupDay serve(DayOptions options, double[] up, long seed) {
    var demand = part.choice().demand();
    int sampled = (int) Math.min(part.replicas(), options.replicasSampled());
    double[] rates = new double[DayShape.HOURS];
    for (int hour = 0; hour < rates.length; hour++) {
      // Where a replica is down, its requests go to the others; where all are, somebody's line.
      double share = Math.max(up[hour], 0.5 / part.replicas());
      rates[hour] =
          requestsPerSecond * options.shape().share(hour) / part.replicas() / share * sampled;
    }
    int longest = Math.max(2, served.limits().blocks() / 2 * BLOCK_LENGTH);
    Lengths lengths =
        Lengths.lognormal(
            demand.promptTokens(), demand.outputTokens(), options.lengthVariation(), longest / 2);
    Objective objective = new Objective(demand.ttftMillis() * MILLI, demand.tpotMillis() * MILLI);
    Simulation simulation =
        Simulation.dedicated(List.of(served), new int[] {sampled}, LeastLoaded::new, objective);
    Outcome outcome =
        simulation.run(
            new DayWorkload(seed, rates, options.hourSeconds(), lengths),
            options.hourSeconds() * DayShape.HOURS,
            List.of());
    double scale = 3600 / options.hourSeconds() * part.replicas() / sampled;
    return new GroupDay(
        part, sampled, scale, outcome, hourly(simulation.timeline(), options, scale), up);
  }

  /** Answer tokens a second of the whole group, by hour. */
  private static double[] hourly(Timeline timeline, DayOptions options, double scale) {
    double[] tokens = new double[DayShape.HOURS];
    for (int i = 0; i < timeline.count(); i++) {
      double at = (i + 0.5) * timeline.bucketSeconds();
      // What ends after midnight belongs to the last hour.
      int hour = (int) Math.min(DayShape.HOURS - 1, at / options.hourSeconds());
      tokens[hour] += timeline.outputTokensPerSecond(i) * timeline.bucketSeconds() * scale / 3600;
    }
    return tokens;
  }
}
