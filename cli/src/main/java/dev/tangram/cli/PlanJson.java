package dev.tangram.cli;

import dev.tangram.fleet.plan.Choice;
import dev.tangram.fleet.plan.Menu;
import dev.tangram.fleet.plan.Outcome;
import dev.tangram.fleet.plan.Plan;
import dev.tangram.fleet.plan.Pool;
import dev.tangram.fleet.plan.Reasons;
import dev.tangram.fleet.plan.Rule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Plans for programs; {@code tangram explain} reads them again. */
final class PlanJson {
  private PlanJson() {}

  static String of(Outcome outcome) {
    return JsonText.write(map(outcome));
  }

  static Map<String, Object> map(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Planned(Plan plan) -> {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("possible", true);
        map.put("plan", map(plan));
        yield map;
      }
      case Outcome.Impossible(Plan rest, List<Outcome.Broken> broken) -> {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("possible", false);
        map.put("broken", broken.stream().map(PlanJson::map).toList());
        map.put("plan", map(rest));
        yield map;
      }
    };
  }

  static Map<String, Object> map(Plan plan) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("fleet", plan.fleet().name());
    map.put("goal", plan.goal().name().toLowerCase(java.util.Locale.ROOT));
    map.put("plan_by", plan.by().words());
    map.put("currency", plan.fleet().currency());
    map.put("price_per_hour", plan.price());
    map.put("chips_used", plan.chipsUsed());
    map.put("value", plan.value());
    map.put("bound", plan.bound());
    map.put("gap", plan.gap());
    map.put("pools", plan.fleet().pools().stream().map(pool -> map(plan, pool)).toList());
    map.put("demands", plan.menus().stream().map(menu -> map(plan, menu)).toList());
    return map;
  }

  private static Map<String, Object> map(Plan plan, Pool pool) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("name", pool.name());
    map.put("chip", pool.chip().id());
    map.put("origin", pool.chip().origin());
    map.put("room", pool.room().name());
    map.put("chips", pool.chips());
    map.put("used", plan.chipsUsed(pool));
    map.put("free", plan.chipsFree(pool));
    map.put("servers_bought", plan.serversBought().getOrDefault(pool, 0L));
    map.put("watts", pool.watts() == 0 ? "unknown" : plan.chipsUsed(pool) * pool.watts());
    return map;
  }

  private static Map<String, Object> map(Plan plan, Menu menu) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("name", menu.demand().name());
    map.put("tenant", menu.demand().tenant().name());
    map.put("model", menu.demand().model().name());
    List<Object> replicas = new ArrayList<>();
    plan.of(menu.demand()).forEach(part -> replicas.add(map(part)));
    map.put("replicas", replicas);
    List<Object> lost = new ArrayList<>();
    for (Reasons.Loser loser : Reasons.of(plan, menu.demand())) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("pool", loser.pool().name());
      one.put("could_serve", loser.best().isPresent());
      one.put("why", loser.lost());
      lost.add(one);
    }
    map.put("lost", lost);
    List<Object> groups = new ArrayList<>();
    for (Reasons.Split split : Reasons.splits(plan, menu.demand())) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("pool", split.pool().name());
      one.put("split", split.split());
      one.put("chosen", split.chosen());
      one.put("why", split.why());
      groups.add(one);
    }
    map.put("groups", groups);
    return map;
  }

  private static Map<String, Object> map(Plan.Assignment part) {
    Choice choice = part.choice();
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("pool", choice.pool().name());
    map.put("chip", choice.pool().chip().id());
    map.put("engine", choice.pool().engine());
    map.put("split", choice.split());
    map.put("replicas", part.replicas());
    map.put("chips", part.chips());
    map.put("batch", choice.batch());
    map.put("requests_per_second_each", choice.rate());
    map.put("requests_per_second_lower", choice.rateLower());
    map.put("requests_per_second_likely", choice.rateLikely());
    map.put("requests_per_second_upper", choice.rateUpper());
    map.put("ttft_ms", choice.ttftMillis());
    map.put("tpot_ms", choice.tpotMillis());
    map.put("price_per_hour", part.price());
    map.put("evidence", choice.evidence().words());
    return map;
  }

  private static Map<String, Object> map(Outcome.Broken broken) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("name", broken.demand().name());
    map.put("tenant", broken.demand().tenant().name());
    List<String> rules = new ArrayList<>(broken.conflict().stream().map(Rule::words).toList());
    if (broken.others() > 0) {
      rules.add("the other %d demands".formatted(broken.others()));
    }
    map.put("cannot_hold_together", rules);
    List<Object> refusals = new ArrayList<>();
    broken
        .menu()
        .refusals()
        .forEach(no -> refusals.add(Map.of("pool", no.pool().name(), "why", no.words())));
    map.put("refused", refusals);
    return map;
  }
}
