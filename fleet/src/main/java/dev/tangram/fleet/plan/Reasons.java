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
    Menu menu =
        plan.menus().stream().filter(m -> m.demand().equals(demand)).findFirst().orElseThrow();
    List<Plan.Assignment> chosen = plan.of(demand);
    List<Loser> losers = new ArrayList<>();
    for (Pool pool : plan.fleet().pools()) {
      if (chosen.stream().anyMatch(a -> a.choice().pool().equals(pool))) {
        continue;
      }
      Optional<Choice> best =
          menu.choices().stream()
              .filter(choice -> choice.pool().equals(pool))
              .min(Comparator.comparingDouble(choice -> alone(plan, choice)));
      best.ifPresent(choice -> losers.add(new Loser(pool, best, lost(plan, chosen, choice))));
    }
    losers.sort(Comparator.comparingDouble(loser -> alone(plan, loser.best().orElseThrow())));
    menu.refusals().forEach(no -> losers.add(new Loser(no.pool(), Optional.empty(), no.words())));
    return List.copyOf(losers);
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
      String more =
          "%s: %.1f %% more %s"
              .formatted(size, 100 * (alone / paid - 1), price ? "money" : "chips");
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
