package dev.tangram.cli;

import dev.tangram.cli.text.Table;
import dev.tangram.fleet.plan.Demand;
import dev.tangram.fleet.plan.Fleet;
import dev.tangram.fleet.plan.Outcome;
import dev.tangram.fleet.plan.Plan;
import dev.tangram.fleet.plan.Pool;
import dev.tangram.fleet.plan.WhatIf;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/** What losing chips comes to, in words and for programs. */
final class WhatIfReport {
  private static final int NAMES_MAX = 6;

  private WhatIfReport() {}

  static String text(WhatIf answer, Fleet fleet, Set<Pool> lost, String day) {
    StringBuilder text = new StringBuilder();
    Plan before = WhatIf.plan(answer.before());
    Plan after = WhatIf.plan(answer.after());
    long chips = lost.stream().mapToLong(Pool::chips).sum();
    text.append(
        "Without %s from %s: %d of %d chips are gone.\n"
            .formatted(
                names(lost.stream().map(Pool::name).sorted().toList()), day, chips, fleet.chips()));
    text.append(
        answer.hit().isEmpty()
            ? "No demand stood on them.\n"
            : "%d demands of %s stood on them.\n"
                .formatted(answer.hit().size(), names(List.copyOf(WhatIf.tenants(answer.hit())))));
    text.append('\n');
    moves(text, answer, before, after);
    switch (answer.after()) {
      case Outcome.Planned _ ->
          text.append(
              "\nEvery demand can be met with what is left: %+.1f %s an hour (%.1f, was %.1f).\n"
                  .formatted(
                      after.price() - before.price(),
                      fleet.currency(),
                      after.price(),
                      before.price()));
      case Outcome.Impossible(_, List<Outcome.Broken> broken) -> {
        List<Demand> out = broken.stream().map(Outcome.Broken::demand).toList();
        text.append(
            "\n%d demands of %s cannot be met with what is left:\n\n"
                .formatted(out.size(), names(List.copyOf(WhatIf.tenants(out)))));
        broken.forEach(one -> PlanReport.broken(text, one));
        replacement(text, answer, after.fleet(), before, after.menus().size() + broken.size(), day);
      }
    }
    return text.toString();
  }

  /** Where the demands that were hit go. */
  private static void moves(StringBuilder text, WhatIf answer, Plan before, Plan after) {
    if (answer.hit().isEmpty()) {
      return;
    }
    Table table = new Table(2, "DEMAND", "TENANT", "WAS ON", "NOW ON", "PRICE/H", "WAS");
    for (Demand demand : answer.hit()) {
      table.row(
          PlanReport.cut(demand.name()),
          PlanReport.cut(demand.tenant().name(), 12),
          where(before, demand),
          where(after, demand),
          "%.1f".formatted(price(after, demand)),
          "%.1f".formatted(price(before, demand)));
    }
    text.append(table.render());
  }

  private static void replacement(
      StringBuilder text, WhatIf answer, Fleet left, Plan before, int demands, String day) {
    if (answer.replacement().isEmpty() || answer.replacement().get().serversBought().isEmpty()) {
      text.append("No further servers would help.\n");
      notBought(text, answer, day);
      return;
    }
    Plan plan = answer.replacement().get();
    int nowhere = demands - plan.menus().size();
    text.append(
        "The cheapest further servers with which %s met again:\n\n"
            .formatted(
                nowhere == 0
                    ? "every demand is"
                    : "all but the %d demands that run on no pool are".formatted(nowhere)));
    Table table = new Table(2, "POOL", "CHIP", "", "SERVERS", "CHIPS", "PRICE/H", "LEAD");
    plan.serversBought()
        .forEach(
            (pool, servers) ->
                table.row(
                    PlanReport.cut(pool.name()),
                    pool.chip().id(),
                    kind(left, pool),
                    Long.toString(servers),
                    Long.toString(servers * pool.chipsPerServer()),
                    "%.1f".formatted(bought(pool, servers)),
                    pool.leadWeeks().isPresent()
                        ? pool.leadWeeks().getAsLong() + " weeks"
                        : "unknown"));
    text.append(table.render());
    text.append(
        "\n%.1f %s an hour more for them; everything in use then costs %.1f, was %.1f.\n%s\n"
            .formatted(
                cost(plan),
                left.currency(),
                plan.price(),
                before.price(),
                lead(plan).isPresent()
                    ? "Whole in %d weeks.".formatted(lead(plan).getAsLong())
                    : "Lead time unknown."));
    notBought(text, answer, day);
  }

  /** Bought new, or more of what stands there. */
  private static String kind(Fleet left, Pool pool) {
    return left.offers().contains(pool) ? "new" : "more";
  }

  private static void notBought(StringBuilder text, WhatIf answer, String day) {
    if (answer.notBought().isEmpty()) {
      return;
    }
    text.append("\nNot bought, by what was known on %s:\n".formatted(day));
    answer
        .notBought()
        .forEach(other -> PlanReport.line(text, "-", other.pool().name(), other.why()));
  }

  private static double bought(Pool pool, long servers) {
    return servers * pool.chipsPerServer() * pool.price();
  }

  private static double cost(Plan plan) {
    return plan.serversBought().entrySet().stream()
        .mapToDouble(entry -> bought(entry.getKey(), entry.getValue()))
        .sum();
  }

  /** Of the slowest; unknown if that of any is. */
  private static OptionalLong lead(Plan plan) {
    Set<Pool> pools = plan.serversBought().keySet();
    return pools.stream().anyMatch(pool -> pool.leadWeeks().isEmpty())
        ? OptionalLong.empty()
        : pools.stream().mapToLong(pool -> pool.leadWeeks().getAsLong()).max();
  }

  static String json(WhatIf answer, Set<Pool> lost, String day) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("without", lost.stream().map(Pool::name).sorted().toList());
    map.put("from", day);
    map.put("hit", answer.hit().stream().map(Demand::name).toList());
    map.put("tenants", List.copyOf(WhatIf.tenants(answer.hit())));
    map.put("before", PlanJson.map(answer.before()));
    map.put("after", PlanJson.map(answer.after()));
    answer
        .replacement()
        .ifPresent(
            plan -> {
              map.put("replacement", PlanJson.map(plan));
              map.put("replacement_price_per_hour", cost(plan));
              map.put(
                  "replacement_lead_weeks",
                  lead(plan).isPresent() ? lead(plan).getAsLong() : "unknown");
              map.put(
                  "replacement_new",
                  plan.serversBought().keySet().stream()
                      .filter(WhatIf.plan(answer.after()).fleet().offers()::contains)
                      .map(Pool::name)
                      .sorted()
                      .toList());
            });
    map.put("not_bought", answer.notBought().stream().map(WhatIfReport::map).toList());
    return JsonText.write(map);
  }

  private static Map<String, Object> map(WhatIf.NotBought other) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("pool", other.pool().name());
    map.put("chip", other.pool().chip().id());
    map.put("why", other.why());
    return map;
  }

  private static String where(Plan plan, Demand demand) {
    String pools =
        plan.of(demand).stream()
            .sorted(Comparator.comparingLong(Plan.Assignment::chips).reversed())
            .map(
                part ->
                    "%d x %s %s"
                        .formatted(
                            part.replicas(), part.choice().split(), part.choice().pool().name()))
            .collect(Collectors.joining(" + "));
    return pools.isEmpty() ? "nothing" : PlanReport.cut(pools, 24);
  }

  private static double price(Plan plan, Demand demand) {
    return plan.of(demand).stream().mapToDouble(Plan.Assignment::price).sum();
  }

  private static String names(List<String> names) {
    List<String> some = new ArrayList<>(names.stream().limit(NAMES_MAX).toList());
    if (names.size() > NAMES_MAX) {
      some.add("and %d more".formatted(names.size() - NAMES_MAX));
    }
    return String.join(", ", some);
  }
}
