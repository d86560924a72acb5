package dev.tangram.fleet.plan;

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
 * @param notBought every other pool and offer if something is needed, with the reason
 */
public record WhatIf(
    Outcome before,
    Outcome after,
    List<Demand> hit,
    Optional<Plan> replacement,
    List<NotBought> notBought) {
  public WhatIf {
    hit = List.copyOf(hit);
    notBought = List.copyOf(notBought);
  }

  /** A pool or offer that the cheapest purchase does without. */
  public record NotBought(Pool pool, String why) {}

  /**
   * @param lost chips that are no longer there, nor to be bought
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
    return switch (after) {
      case Outcome.Planned _ -> new WhatIf(before, after, hit, Optional.empty(), List.of());
      case Outcome.Impossible(_, List<Outcome.Broken> broken) -> {
        Market market = new Market(planner, left.withOffers(), demands, day);
        Optional<Plan> bought = market.cheapest();
        List<Demand> missing = broken.stream().map(Outcome.Broken::demand).toList();
        yield new WhatIf(before, after, hit, bought, market.others(bought, missing));
      }
    };
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
    return Market.barrier(pool, country, day).isEmpty();
  }

  /** Names of the tenants of some demands, in order of the alphabet. */
  public static Set<String> tenants(List<Demand> demands) {
    Set<String> names = new TreeSet<>();
    demands.forEach(demand -> names.add(demand.tenant().name()));
    return names;
  }
}
