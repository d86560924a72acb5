package dev.tangram.cli;

import dev.tangram.cli.text.Table;
import dev.tangram.fleet.plan.Choice;
import dev.tangram.fleet.plan.Demand;
import dev.tangram.fleet.plan.Menu;
import dev.tangram.fleet.plan.Outcome;
import dev.tangram.fleet.plan.Plan;
import dev.tangram.fleet.plan.Pool;
import dev.tangram.fleet.plan.Reasons;
import dev.tangram.fleet.plan.Refusal;
import dev.tangram.fleet.plan.Room;
import dev.tangram.fleet.plan.Rule;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Plans as tables of at most 100 columns. */
final class PlanReport {
  private static final int COLUMNS = 100;
  private static final int GAP = 2;
  private static final int NAME_MAX = 22;

  private PlanReport() {}

  static String text(Outcome outcome, boolean why) {
    StringBuilder text = new StringBuilder();
    switch (outcome) {
      case Outcome.Planned(Plan plan) -> plan(text, plan, why);
      case Outcome.Impossible(Plan rest, List<Outcome.Broken> broken) -> {
        text.append(
            "There is no plan for all demands: %d of %d have no place.\n\n"
                .formatted(broken.size(), broken.size() + rest.menus().size()));
        broken.forEach(one -> broken(text, one));
        if (!rest.menus().isEmpty()) {
          text.append("A plan for the others:\n\n");
          plan(text, rest, why);
        }
      }
    }
    return text.toString();
  }

  private static void plan(StringBuilder text, Plan plan, boolean why) {
    replicas(text, plan);
    text.append('\n');
    pools(text, plan);
    for (Room room : plan.fleet().rooms()) {
      if (room.watts().isPresent()) {
        text.append(
            "room %s: %.1f of %.1f kW\n"
                .formatted(
                    room.name(), plan.watts(room) / 1000, room.watts().getAsDouble() / 1000));
      }
    }
    text.append('\n').append(summary(plan)).append('\n');
    if (why) {
      plan.menus().forEach(menu -> reasons(text, plan, menu.demand()));
    }
  }

  static void replicas(StringBuilder text, Plan plan) {
    Table table =
        new Table(
            GAP, "DEMAND", "TENANT", "POOL", "SPLIT", "N", "CHIPS", "BATCH", "REQ/S", "TTFT",
            "TPOT", "PRICE/H");
    for (Menu menu : plan.menus()) {
      for (Plan.Assignment part : plan.of(menu.demand())) {
        Choice choice = part.choice();
        table.row(
            cut(menu.demand().name()),
            cut(menu.demand().tenant().name(), 12),
            cut(choice.pool().name(), 14),
            choice.split(),
            Long.toString(part.replicas()),
            Long.toString(part.chips()),
            Integer.toString(choice.batch()),
            "%.4g".formatted(part.replicas() * choice.rate()),
            "%.0f".formatted(choice.ttftMillis()),
            "%.1f".formatted(choice.tpotMillis()),
            "%.1f".formatted(part.price()));
      }
    }
    text.append(table.render());
  }

  static void pools(StringBuilder text, Plan plan) {
    Table table =
        new Table(GAP, "POOL", "CHIP", "ROOM", "CHIPS", "USED", "FREE", "BOUGHT", "kW", "PRICE/H");
    for (Pool pool : plan.fleet().pools()) {
      long used = plan.chipsUsed(pool);
      table.row(
          cut(pool.name(), 16),
          cut(pool.chip().id()),
          cut(pool.room().name(), 14),
          Long.toString(pool.chips()),
          Long.toString(used),
          Long.toString(plan.chipsFree(pool)),
          Long.toString(plan.serversBought().getOrDefault(pool, 0L) * pool.chipsPerServer()),
          pool.watts() == 0 ? "?" : "%.1f".formatted(used * pool.watts() / 1000),
          "%.1f".formatted(used * pool.price()));
    }
    text.append(table.render());
  }

  static String summary(Plan plan) {
    Set<String> evidence =
        plan.assignments().stream()
            .map(part -> CalibrationReport.word(part.choice().evidence()))
            .collect(Collectors.toCollection(java.util.TreeSet::new));
    return """
        %d demands, %d replicas, %d of %d chips, %.1f %s an hour.
        Best by %s; no plan is better by more than %.2f %% (proven).
        Rates rely on the %s of each forecast (%s).
        """
        .formatted(
            plan.menus().size(),
            plan.assignments().stream().mapToLong(Plan.Assignment::replicas).sum(),
            plan.chipsUsed(),
            plan.fleet().chips(),
            plan.price(),
            plan.fleet().currency(),
            plan.goal().name().toLowerCase(java.util.Locale.ROOT),
            100 * plan.gap(),
            plan.by().words(),
            String.join(", ", evidence));
  }

  static void reasons(StringBuilder text, Plan plan, Demand demand) {
    text.append(demand.name()).append(" (").append(demand.model().name()).append(")\n");
    for (Plan.Assignment part : plan.of(demand)) {
      Choice choice = part.choice();
      line(
          text,
          "+",
          choice.pool().name(),
          "%d x %s, %.4g (%.4g to %.4g) requests/s each, %s"
              .formatted(
                  part.replicas(),
                  choice.split(),
                  choice.rateLikely(),
                  choice.rateLower(),
                  choice.rateUpper(),
                  choice.evidence().words()));
    }
    for (Reasons.Loser loser : Reasons.of(plan, demand)) {
      line(text, "-", loser.pool().name(), loser.lost());
    }
  }

  static void broken(StringBuilder text, Outcome.Broken one) {
    text.append("%s (%s)\n".formatted(one.demand().name(), one.demand().model().name()));
    if (!one.conflict().isEmpty()) {
      text.append(
          one.conflict().size() + one.others() == 1
              ? "  this cannot hold on any pool, whatever else does:\n"
              : "  these cannot hold together; without any one of them the rest can:\n");
      for (Rule rule : one.conflict()) {
        line(text, "  *", "", rule.words());
      }
      if (one.others() > 0) {
        line(text, "  *", "", "the other %d demands".formatted(one.others()));
      }
    }
    if (one.conflict().isEmpty()) {
      text.append("  (its conflict was not looked for: the ones above come first)\n");
    }
    for (Refusal refusal : one.menu().refusals()) {
      line(text, "-", refusal.pool().name(), refusal.words());
    }
    text.append('\n');
  }

  /** A name and a sentence, wrapped. */
  static void line(StringBuilder text, String mark, String name, String words) {
    String head = name.isEmpty() ? "  %s ".formatted(mark) : "  %s %-14s ".formatted(mark, name);
    StringBuilder line = new StringBuilder(head);
    for (String word : words.split(" ")) {
      if (line.length() + word.length() > COLUMNS && line.length() > head.length()) {
        text.append(line.toString().stripTrailing()).append('\n');
        line = new StringBuilder(" ".repeat(head.length()));
      }
      line.append(word).append(' ');
    }
    text.append(line.toString().stripTrailing()).append('\n');
  }

  static String cut(String name) {
    return cut(name, NAME_MAX);
  }

  static String cut(String name, int max) {
    return name.length() <= max ? name : name.substring(0, max - 1) + "~";
  }
}
