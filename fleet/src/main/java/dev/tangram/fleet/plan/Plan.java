package dev.tangram.fleet.plan;

import java.util.List;
import java.util.Map;

/**
 * Whole replicas on pools that meet every rule.
 *
 * @param menus what there was to choose from, a menu for each demand
 * @param serversBought by pool, only where a plan may buy
 * @param value what was minimised, of this plan
 * @param bound no plan has a smaller value: proven
 */
public record Plan(
    Fleet fleet,
    Planner.Goal goal,
    PlanBy by,
    List<Menu> menus,
    List<Assignment> assignments,
    Map<Pool, Long> serversBought,
    double value,
    double bound) {

  public Plan {
    menus = List.copyOf(menus);
    assignments = List.copyOf(assignments);
    serversBought = Map.copyOf(serversBought);
  }

  /** Replicas of one kind. */
  public record Assignment(Choice choice, long replicas) {
    public long chips() {
      return replicas * choice.chips();
    }

    public double price() {
      return replicas * choice.price();
    }
  }

  public List<Assignment> of(Demand demand) {
    return assignments.stream().filter(a -> a.choice().demand().equals(demand)).toList();
  }

  /** Share of the value by which the best plan may be better, 0 or more. */
  public double gap() {
    return value <= 0 ? 0 : Math.max(0, (value - bound) / value);
  }

  /** For an hour. */
  public double price() {
    return assignments.stream().mapToDouble(Assignment::price).sum();
  }

  public long chipsUsed() {
    return assignments.stream().mapToLong(Assignment::chips).sum();
  }

  public long chipsUsed(Pool pool) {
    return assignments.stream()
        .filter(a -> a.choice().pool().equals(pool))
        .mapToLong(Assignment::chips)
        .sum();
  }

  /** Of those that stand there and those that the plan buys. */
  public long chipsFree(Pool pool) {
    long bought = serversBought.getOrDefault(pool, 0L) * pool.chipsPerServer();
    return pool.chips() + bought - chipsUsed(pool);
  }

  /** What the used chips of a room draw at their rated power. */
  public double watts(Room room) {
    return assignments.stream()
        .filter(a -> a.choice().pool().room().equals(room))
        .mapToDouble(a -> a.replicas() * a.choice().watts())
        .sum();
  }
}
