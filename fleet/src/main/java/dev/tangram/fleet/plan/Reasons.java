package dev.tangram.fleet.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Why a plan's choices won: for each pool that a demand does not use, what stood against it. */
public final class Reasons {
  private static final double SAME = 0.0005;

  private Reasons() {}

  /**
   * A pool that was not chosen.
   *
   * @param best what the pool would have done best; empty if it can do nothing
   * @param lost why, and what would have changed it
   */
  public record Loser(Pool pool, Optional<Choice> best, String lost) {}

  /** Those that could have served first, cheapest first. */
  public static List<Loser> of(Plan plan, Demand demand) {
    Menu menu = menu(plan, demand);
    List<Plan.Assignment> chosen = plan.of(demand);
    List<Loser> losers = new ArrayList<>();
    for (Pool pool : plan.fleet().pools()) {
      if (chosen.stream().anyMatch(a -> a.choice().pool().equals(pool))) {
        continue;
      }
      Optional<Choice> best = best(plan, menu, pool);
      best.ifPresent(choice -> losers.add(new Loser(pool, best, lost(plan, chosen, choice))));
    }
    losers.sort(Comparator.comparingDouble(loser -> alone(plan, loser.best().orElseThrow())));
    menu.refusals().forEach(no -> losers.add(new Loser(no.pool(), Optional.empty(), no.words())));
    return List.copyOf(losers);
  }

  /**
   * One group of chips of a pool.
   *
   * @param split such as {@code tp8}
   * @param why what was found of it, beside the others of its pool
   */
  public record Split(Pool pool, String split, boolean chosen, String why) {}

  /** All groups that were tried in the pools that can serve, smaller groups first. */
  public static List<Split> splits(Plan plan, Demand demand) {
    Menu menu = menu(plan, demand);
    List<Split> splits = new ArrayList<>();
    for (Pool pool : plan.fleet().pools()) {
      List<Group> groups = new ArrayList<>();
      menu.groups().stream().filter(group -> group.pool().equals(pool)).forEach(groups::add);
      if (groups.stream().allMatch(Group.Refused.class::isInstance)) {
        continue;
      }
      groups.sort(Comparator.comparingInt(group -> group.parallelism().chips()));
      for (Group group : groups) {
        boolean chosen = chosen(plan, demand, group);
        String why = chosen ? "chosen" : why(plan, menu, group);
        splits.add(new Split(pool, group.parallelism().word(), chosen, why));
      }
    }
    return List.copyOf(splits);
  }

  private static boolean chosen(Plan plan, Demand demand, Group group) {
    return plan.of(demand).stream()
        .map(Plan.Assignment::choice)
        .anyMatch(
            choice ->
                choice.pool().equals(group.pool())
                    && choice.parallelism().equals(group.parallelism()));
  }

  private static String why(Plan plan, Menu menu, Group group) {
    return switch (group) {
      case Group.Refused refused -> refused.refusal().words();
      case Group.Met(Choice choice, Optional<Choice> by) ->
          by.isPresent() ? beaten(choice, by.get()) : notChosen(plan, menu, choice);
    };
  }

  private static String beaten(Choice choice, Choice by) {
    return "%s requests/s on %s, %s carries %s"
        .formatted(
            Digits.of(choice.rate()),
            Digits.chips(choice.chips()),
            by.split(),
            Digits.of(choice.chips() / by.chips() * by.rate()));
  }

  private static String notChosen(Plan plan, Menu menu, Choice choice) {
    Choice best = best(plan, menu, choice.pool()).orElseThrow();
    double more = alone(plan, choice) / alone(plan, best) - 1;
    String size = "%d would carry it all".formatted(choice.replicasAlone());
    if (more < SAME) {
      return size + ", for no more than any other group here";
    }
    return "%s, for %.1f %% more %s than %d x %s"
        .formatted(size, 100 * more, goal(plan), best.replicasAlone(), best.split());
  }

  /** What a pool would do best alone. */
  private static Optional<Choice> best(Plan plan, Menu menu, Pool pool) {
    return menu.choices().stream()
        .filter(choice -> choice.pool().equals(pool))
        .min(Comparator.comparingDouble(choice -> alone(plan, choice)));
  }

  private static String goal(Plan plan) {
    return plan.goal() == Planner.Goal.PRICE ? "money" : "chips";
  }

  private static Menu menu(Plan plan, Demand demand) {
    return plan.menus().stream().filter(m -> m.demand().equals(demand)).findFirst().orElseThrow();
  }

  private static double alone(Plan plan, Choice choice) {
    return plan.goal() == Planner.Goal.PRICE
        ? choice.priceAlone()
        : (double) choice.replicasAlone() * choice.chips();
  }

  private static String lost(Plan plan, List<Plan.Assignment> chosen, Choice choice) {
    boolean price = plan.goal() == Planner.Goal.PRICE;
    double paid = chosen.stream().mapToDouble(a -> price ? a.price() : (double) a.chips()).sum();
    double alone = alone(plan, choice);
    long chips = choice.replicasAlone() * choice.chips();
    String size = "%d x %s".formatted(choice.replicasAlone(), choice.split());
    if (alone > paid) {
      String more = "%s: %.1f %% more %s".formatted(size, 100 * (alone / paid - 1), goal(plan));
      return price
          ? more + "; would win below %s a chip-hour".formatted(Digits.of(paid / chips))
          : more;
    }
    long free = plan.chipsFree(choice.pool());
    if (chips > free) {
      return "%s: cheaper, but needs %d chips and %d are free: others gain more by them"
          .formatted(size, chips, free);
    }
    Room room = choice.pool().room();
    double watts = choice.replicasAlone() * choice.watts();
    if (room.watts().isPresent() && plan.watts(room) + watts > room.watts().getAsDouble()) {
      return "%s: draws %s kW more than room %s has left"
          .formatted(
              size,
              Digits.of((plan.watts(room) + watts - room.watts().getAsDouble()) / 1000),
              room.name());
    }
    if (choice.demand().roomsMin() > 1) {
      return size + ": not in enough rooms by itself";
    }
    if (alone > paid * (1 - SAME)) {
      return size + ": the same " + (price ? "price" : "chips");
    }
    return "%s: %.1f %% less, within the %.2f %% that are not proven"
        .formatted(size, 100 * (1 - alone / paid), 100 * plan.gap());
  }
}
