package dev.tangram.fleet.plan;

import dev.tangram.fleet.chip.ImportStatus.Rule;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * What losing some chips does to a plan.
 *
 * @param before with everything
 * @param after with what is left
 * @param hit demands that stood on lost chips
 * @param replacement the cheapest further servers with which everything is met again; empty if
 *     nothing is needed, or nothing that may be bought helps
 */
public record WhatIf(Outcome before, Outcome after, List<Demand> hit, Optional<Plan> replacement) {
  public WhatIf {
    hit = List.copyOf(hit);
  }

  /**
   * @param lost chips that are no longer there
   * @param day from when: reports about buying that are newer do not count
   */
  public static WhatIf of(
      Planner planner, Fleet fleet, List<Demand> demands, Predicate<Pool> lost, String day) {
    Outcome before = planner.plan(fleet, demands);
    Plan standing = plan(before);
    List<Demand> hit =
        demands.stream()
            .filter(d -> standing.of(d).stream().anyMatch(a -> lost.test(a.choice().pool())))
            .toList();
    Fleet left = fleet.only(lost.negate());
    Outcome after = planner.plan(left, demands);
    Optional<Plan> replacement =
        after instanceof Outcome.Planned
            ? Optional.empty()
            : Optional.ofNullable(
                planner.buying(left, demands, pool -> mayBeBought(pool, fleet.country(), day)));
    return new WhatIf(before, after, hit, replacement);
  }

  /** The plan itself, or that for the demands that can be met. */
  public static Plan plan(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Planned(Plan plan) -> plan;
      case Outcome.Impossible(Plan rest, _) -> rest;
    };
  }

  /** A licence that may come is none. A maker on an entity list still sells. */
  public static boolean mayBeBought(Pool pool, String country, String day) {
    Set<Rule> not = Set.of(Rule.LICENCE, Rule.WARNED, Rule.BARRED);
    return pool.status(country, day).filter(report -> not.contains(report.rule())).isEmpty();
  }

  /** Names of the tenants of some demands, in order of the alphabet. */
  public static Set<String> tenants(List<Demand> demands) {
    Set<String> names = new TreeSet<>();
    demands.forEach(demand -> names.add(demand.tenant().name()));
    return names;
  }
}
