package dev.tangram.fleet.day;

import dev.tangram.fleet.cost.Calibration;
import dev.tangram.fleet.plan.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntConsumer;

/**
 * A plan's day.
 *
 * <p>What is exact: every replica's place and every server's failure. What is a sample: of each
 * group a few replicas serve a stretch of each hour, request by request, by the production
 * schedulers; counts are scaled up, and times are those of the sample.
 *
 * @param groups in the order of the plan
 * @param failures servers that failed
 * @param incidents replicas that lost their server, in order of time
 * @param unplaced one sentence for each replica of the plan that found no server
 */
public record Day(
    Plan plan,
    DayOptions options,
    List<GroupDay> groups,
    int failures,
    List<Incident> incidents,
    List<String> unplaced) {

  public Day {
    groups = List.copyOf(groups);
    incidents = List.copyOf(incidents);
    unplaced = List.copyOf(unplaced);
  }

  /**
   * Simulates it. Two days of the same plan and options are equal.
   *
   * @param progress told how many groups are done
   */
  public static Day of(
      Plan plan, Calibration calibration, DayOptions options, IntConsumer progress) {
    List<Group> groups =
        plan.assignments().stream().map(part -> Group.of(plan, part, calibration)).toList();
    Upkeep upkeep = new Upkeep(plan.fleet(), groups, options);
    upkeep.run();
    SplittableRandom seeds = new SplittableRandom(options.seed());
    List<GroupDay> days = new ArrayList<>();
    for (int g = 0; g < groups.size(); g++) {
      days.add(groups.get(g).serve(options, upkeep.up(g), seeds.nextLong()));
      progress.accept(days.size());
    }
    return new Day(
        plan,
        options,
        days,
        upkeep.failures(),
        upkeep.incidents(),
        upkeep.unplaced().stream().map(Upkeep.Unplaced::why).toList());
  }

  public double requests() {
    return groups.stream().mapToDouble(GroupDay::requests).sum();
  }

  public double outputTokens() {
    return groups.stream().mapToDouble(GroupDay::outputTokens).sum();
  }

  public double goodTokens() {
    return groups.stream().mapToDouble(GroupDay::goodTokens).sum();
  }

  public double kilowattHours() {
    return groups.stream().mapToDouble(GroupDay::kilowattHours).sum();
  }

  public double price() {
    return groups.stream().mapToDouble(GroupDay::price).sum();
  }

  /** Answer tokens a second of the whole hall, by hour. */
  public double[] tokensPerSecond() {
    double[] all = new double[DayShape.HOURS];
    for (GroupDay group : groups) {
      for (int hour = 0; hour < all.length; hour++) {
        all[hour] += group.tokensPerSecond()[hour];
      }
    }
    return all;
  }

  /** Chips of replicas that are up, in the mean of each hour. */
  public double[] chipsUp() {
    return chips(1, 0);
  }

  /** Chips of replicas that are down, in the mean of each hour. */
  public double[] chipsDown() {
    return chips(-1, 1);
  }

  private double[] chips(int factor, int more) {
    double[] all = new double[DayShape.HOURS];
    for (GroupDay group : groups) {
      for (int hour = 0; hour < all.length; hour++) {
        all[hour] += group.part().chips() * (factor * group.up()[hour] + more);
      }
    }
    return all;
  }
}
