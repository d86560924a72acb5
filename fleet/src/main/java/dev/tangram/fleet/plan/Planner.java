package dev.tangram.fleet.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Plans a fleet for demands. Deterministic as long as the solver ends before its limit.
 *
 * <p>Threads: one at a time.
 */
public final class Planner {
  /** What a plan makes small. */
  public enum Goal {
    PRICE,
    CHIPS
  }

  /** Beyond these, demands that do not fit are named without their conflict: each takes a while. */
  private static final int CONFLICTS_MAX = 3;

  private final Menus menus;
  private final Goal goal;
  private final double gap;
  private final long millisMax;

  /**
   * @param gap share of the value that need not be proven, 0 to 1
   * @param millisMax for one run of the solver
   */
  public Planner(Menus menus, Goal goal, double gap, long millisMax) {
    this.menus = menus;
    this.goal = goal;
    this.gap = gap;
    this.millisMax = millisMax;
  }

  /**
   * A plan for all demands; if there is none, for all but the fewest, with the reasons.
   *
   * @throws IllegalArgumentException if the solver did not come to an end in its time
   */
  public Outcome plan(Fleet fleet, List<Demand> demands) {
    List<Menu> all = demands.stream().map(demand -> menus.of(fleet, demand)).toList();
    boolean each = all.stream().noneMatch(menu -> menu.choices().isEmpty());
    Program.Solution solution = each ? cheapest(fleet, all) : null;
    if (solution != null) {
      return new Outcome.Planned(plan(fleet, all, solution));
    }
    Set<Demand> dropped = fewest(fleet, all);
    List<Menu> kept = all.stream().filter(menu -> !dropped.contains(menu.demand())).toList();
    Plan rest = plan(fleet, kept, cheapest(fleet, kept));
    List<Outcome.Broken> broken = new ArrayList<>();
    List<Demand> served = kept.stream().map(Menu::demand).toList();
    for (Menu menu : all) {
      if (dropped.contains(menu.demand())) {
        Conflict conflict =
            broken.size() < CONFLICTS_MAX
                ? Conflict.of(menus, fleet, served, menu.demand(), millisMax)
                : Conflict.UNKNOWN;
        broken.add(new Outcome.Broken(menu.demand(), menu, conflict.rules(), conflict.others()));
      }
    }
    return new Outcome.Impossible(rest, broken);
  }

  /**
   * The cheapest further servers with which all demands are met that can run there at all, each
   * server counted whole; null if none help.
   */
  Plan buying(Fleet fleet, List<Demand> demands, Predicate<Pool> buyable) {
    return buying(fleet, demands, buyable, millisMax);
  }

  /** Likewise, in at most so many milliseconds if the planner's own limit is not shorter. */
  Plan buying(Fleet fleet, List<Demand> demands, Predicate<Pool> buyable, long millis) {
    List<Menu> all =
        demands.stream()
            .map(demand -> menus.of(fleet, demand))
            .filter(menu -> !menu.choices().isEmpty())
            .toList();
    try (Program program = new Program(fleet, all, _ -> true, _ -> false, buyable)) {
      // What stands there is paid for; among equal purchases the cheaper plan.
      Program.Solution solution =
          program.solve(
              choice -> weight(choice) / 1000,
              _ -> 0,
              pool -> weight(pool) * pool.chipsPerServer(),
              gap,
              Math.min(millis, millisMax));
      return solution == null ? null : plan(fleet, all, solution);
    }
  }

  Goal goal() {
    return goal;
  }

  Menu menu(Fleet fleet, Demand demand) {
    return menus.of(fleet, demand);
  }

  /** Of a chip that is bought. */
  double weight(Pool pool) {
    return goal == Goal.PRICE ? pool.price() : 1;
  }

  private Program.Solution cheapest(Fleet fleet, List<Menu> all) {
    try (Program program = new Program(fleet, all, _ -> true, _ -> false, _ -> false)) {
      return program.solve(this::weight, _ -> 0, _ -> 0, gap, millisMax);
    }
  }

  private Set<Demand> fewest(Fleet fleet, List<Menu> all) {
    try (Program program = new Program(fleet, all, _ -> true, _ -> true, _ -> false)) {
      return program.solve(_ -> 0, _ -> 1, _ -> 0, gap, millisMax).dropped();
    }
  }

  private double weight(Choice choice) {
    return goal == Goal.PRICE ? choice.price() : choice.chips();
  }

  private Plan plan(Fleet fleet, List<Menu> all, Program.Solution solution) {
    List<Plan.Assignment> assignments = new ArrayList<>();
    solution.replicas().forEach((c, n) -> assignments.add(new Plan.Assignment(c, n)));
    Map<Pool, Long> bought = new LinkedHashMap<>(solution.serversBought());
    return new Plan(
        fleet, goal, menus.by(), all, assignments, bought, solution.value(), solution.bound());
  }
}
