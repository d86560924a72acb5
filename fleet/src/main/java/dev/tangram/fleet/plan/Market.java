package dev.tangram.fleet.plan;

import dev.tangram.fleet.chip.ImportStatus;
import dev.tangram.fleet.chip.ImportStatus.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What may be bought for demands that cannot be met otherwise: more of the pools that stand there,
 * and what sellers offer.
 *
 * @param fleet its pools, and its offers as pools without a server
 * @param day reports about buying that are newer do not count
 */
record Market(Planner planner, Fleet fleet, List<Demand> demands, String day) {
  private static final Set<Rule> NOT = Set.of(Rule.LICENCE, Rule.WARNED, Rule.BARRED);
  private static final double SAME = 0.0005;

  /** A reason is one run of the solver: not worth more waiting. */
  private static final long REASON_MILLIS_MAX = 5_000;

  /** What a buyer in the fleet's country is known to be kept from by, if by anything. */
  static Optional<ImportStatus> barrier(Pool pool, String country, String day) {
    return pool.status(country, day).filter(report -> NOT.contains(report.rule()));
  }

  /** The cheapest further servers with which all is met; empty if none help. */
  Optional<Plan> cheapest() {
    return Optional.ofNullable(
        planner.buying(fleet, demands, pool -> barrier(pool, fleet.country(), day).isEmpty()));
  }

  /**
   * Why the other pools and offers are not bought, in the fleet's order.
   *
   * @param broken demands that what stands there does not meet
   */
  List<WhatIf.NotBought> others(Optional<Plan> bought, List<Demand> broken) {
    List<WhatIf.NotBought> others = new ArrayList<>();
    for (Pool pool : fleet.pools()) {
      if (bought.isEmpty() || !bought.get().serversBought().containsKey(pool)) {
        others.add(new WhatIf.NotBought(pool, reason(pool, bought, broken)));
      }
    }
    return List.copyOf(others);
  }

  private String reason(Pool pool, Optional<Plan> bought, List<Demand> broken) {
    Optional<ImportStatus> barrier = barrier(pool, fleet.country(), day);
    if (barrier.isPresent()) {
      ImportStatus report = barrier.get();
      return "%s in %s since %s: %s (%s)"
          .formatted(
              report.rule().word(),
              report.destination(),
              report.asOf(),
              report.note(),
              report.source());
    }
    List<String> refused = refused(pool, broken);
    if (refused.size() == broken.size()) {
      return "runs none of what is missing: " + refused.getFirst();
    }
    if (bought.isEmpty()) {
      return "no number of servers is enough, other pools' included";
    }
    if (bought.get().serversBought().isEmpty()) {
      return "what can run at all needs no further server";
    }
    return alone(pool, bought.get(), refused);
  }

  /** Of the demands that cannot run there why, by name. */
  private List<String> refused(Pool pool, List<Demand> broken) {
    List<String> words = new ArrayList<>();
    for (Demand demand : broken) {
      planner.menu(fleet, demand).refusals().stream()
          .filter(refusal -> refusal.pool().equals(pool))
          .forEach(refusal -> words.add(demand.name() + ": " + refusal.words()));
    }
    return words;
  }

  private String alone(Pool pool, Plan bought, List<String> refused) {
    Plan plan;
    try {
      plan = planner.buying(fleet, demands, pool::equals, REASON_MILLIS_MAX);
    } catch (IllegalArgumentException e) {
      // The answer stands without this reason.
      return "whether it would do alone was not decided in the solver's time";
    }
    if (plan == null) {
      return refused.isEmpty()
          ? "alone it does not do: rooms or their power keep the rest from it"
          : "alone it does not do, as not all runs there: " + refused.getFirst();
    }
    double cost = cost(plan);
    double paid = cost(bought);
    long servers = plan.serversBought().getOrDefault(pool, 0L);
    String size = "alone it takes %d servers, ".formatted(servers);
    String what = planner.goal() == Planner.Goal.PRICE ? "money" : "chips";
    if (cost > paid * (1 + SAME)) {
      return size + "%.1f %% more %s".formatted(100 * (cost / paid - 1), what);
    }
    return cost >= paid * (1 - SAME)
        ? size + "as much " + what
        : size
            + "%.1f %% less %s, within the %.2f %% that are not proven"
                .formatted(100 * (1 - cost / paid), what, 100 * bought.gap());
  }

  /** Of what is bought, by what the planner makes small. */
  private double cost(Plan plan) {
    return plan.serversBought().entrySet().stream()
        .mapToDouble(
            entry ->
                entry.getValue() * planner.weight(entry.getKey()) * entry.getKey().chipsPerServer())
        .sum();
  }
}
