package dev.tangram.fleet.plan;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A smallest set of rules that cannot hold together: leave out any one and the others can (Junker's
 * QuickXplain, a deletion filter by halves).
 *
 * @param others served demands that belong to it as a whole
 */
record Conflict(List<Rule> rules, int others) {
  static final Conflict UNKNOWN = new Conflict(List.of(), 0);

  /** With more demands beside it, they are one rule: each alone would say little. */
  private static final int NAMED_MAX = 12;

  Conflict {
    rules = List.copyOf(rules);
  }

  /** Why {@code demand} has no place beside those that are served. */
  static Conflict of(Menus menus, Fleet fleet, List<Demand> served, Demand demand, long millisMax) {
    List<Rule> own = rules(demand);
    List<Rule> hall = rules(fleet);
    var alone = new Search(menus, fleet, List.of(demand), List.of(), millisMax);
    List<Rule> candidates = new ArrayList<>(own);
    candidates.addAll(hall);
    if (!alone.possible(new HashSet<>(candidates))) {
      return new Conflict(smallest(candidates, alone::possible), 0);
    }
    if (served.size() > NAMED_MAX) {
      var beside = new Search(menus, fleet, List.of(demand), served, millisMax);
      return new Conflict(smallest(candidates, beside::possible), served.size());
    }
    List<Demand> all = new ArrayList<>(served);
    all.add(demand);
    var together = new Search(menus, fleet, all, List.of(), millisMax);
    served.forEach(other -> candidates.addAll(rules(other)));
    List<Rule> once = List.copyOf(new LinkedHashSet<>(candidates));
    return new Conflict(smallest(once, together::possible), 0);
  }

  private static List<Rule> rules(Demand demand) {
    List<Rule> rules = new ArrayList<>();
    rules.add(new Rule.Traffic(demand));
    rules.add(new Rule.Tpot(demand));
    rules.add(new Rule.Ttft(demand));
    if (!demand.tenant().origins().isEmpty()) {
      rules.add(new Rule.Origins(demand.tenant()));
    }
    if (!demand.tenant().withoutVendors().isEmpty()) {
      rules.add(new Rule.Vendors(demand.tenant()));
    }
    if (demand.replicasMin() > 1) {
      rules.add(new Rule.Replicas(demand));
    }
    if (demand.roomsMin() > 1) {
      rules.add(new Rule.Rooms(demand));
    }
    return rules;
  }

  private static List<Rule> rules(Fleet fleet) {
    List<Rule> rules = new ArrayList<>();
    fleet.pools().forEach(pool -> rules.add(new Rule.Chips(pool)));
    fleet.rooms().stream()
        .filter(room -> room.watts().isPresent())
        .forEach(room -> rules.add(new Rule.Power(room)));
    return rules;
  }

  /**
   * @param rules not possible together
   * @param possible of any subset
   */
  static List<Rule> smallest(List<Rule> rules, Predicate<Set<Rule>> possible) {
    return possible.test(Set.of()) ? smallest(Set.of(), false, rules, possible) : List.of();
  }

  private static List<Rule> smallest(
      Set<Rule> given, boolean grown, List<Rule> rules, Predicate<Set<Rule>> possible) {
    if (grown && !possible.test(given)) {
      return List.of();
    }
    if (rules.size() == 1) {
      return rules;
    }
    List<Rule> first = rules.subList(0, rules.size() / 2);
    List<Rule> second = rules.subList(rules.size() / 2, rules.size());
    List<Rule> ofSecond = smallest(union(given, first), !first.isEmpty(), second, possible);
    List<Rule> ofFirst = smallest(union(given, ofSecond), !ofSecond.isEmpty(), first, possible);
    List<Rule> both = new ArrayList<>(ofFirst);
    both.addAll(ofSecond);
    return both;
  }

  private static Set<Rule> union(Set<Rule> some, List<Rule> more) {
    Set<Rule> all = new HashSet<>(some);
    all.addAll(more);
    return all;
  }

  /**
   * Whether there is a plan in which some rules hold.
   *
   * @param whole demands all of whose rules hold in any case
   */
  private record Search(
      Menus menus, Fleet fleet, List<Demand> demands, List<Demand> whole, long millisMax) {

    boolean possible(Set<Rule> rules) {
      Set<Rule> all = new HashSet<>(rules);
      whole.forEach(demand -> all.addAll(rules(demand)));
      List<Menu> offered = new ArrayList<>();
      for (Demand demand : demands) {
        if (needsReplicas(demand, all)) {
          offered.add(menus.of(fleet, demand, all::contains));
        }
      }
      whole.forEach(demand -> offered.add(menus.of(fleet, demand)));
      if (offered.stream().anyMatch(menu -> menu.choices().isEmpty())) {
        return false;
      }
      try (Program program = new Program(fleet, offered, all::contains, _ -> false, _ -> false)) {
        return program.solve(_ -> 0, _ -> 0, _ -> 0, 1, millisMax) != null;
      }
    }

    private static boolean needsReplicas(Demand demand, Set<Rule> rules) {
      return rules.contains(new Rule.Traffic(demand))
          || rules.contains(new Rule.Replicas(demand))
          || rules.contains(new Rule.Rooms(demand));
    }
  }
}
