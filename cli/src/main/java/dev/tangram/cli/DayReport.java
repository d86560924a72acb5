package dev.tangram.cli;

import dev.tangram.cli.text.Table;
import dev.tangram.fleet.day.Day;
import dev.tangram.fleet.day.DayOptions;
import dev.tangram.fleet.day.GroupDay;
import dev.tangram.fleet.day.Incident;
import dev.tangram.fleet.plan.Choice;
import dev.tangram.fleet.report.HtmlPage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A simulated day for people and for programs; tables of at most 100 columns. */
record DayReport(Day day) {
  private static final int GAP = 2;
  private static final int INCIDENTS_MAX = 12;
  private static final double MILLI = 1e3;
  private static final double HOUR = 3600;

  String text() {
    return head() + '\n' + demands() + '\n' + chips() + '\n' + incidents() + totals();
  }

  private String head() {
    DayOptions options = day.options();
    return """
        A simulated day, seed %d: the whole demand comes at %02.0f:00, %.0f %% of it twelve hours away.
        Every replica has its server, and servers fail. Of each group at most %d replicas serve %.0f s of
        each hour, request by request, by the schedulers of tangram serve; counts are scaled up. No two
        prompts share a prefix. Steps take what the likely value of each forecast says.
        """
        .formatted(
            options.seed(),
            options.shape().peakHour(),
            100 * options.shape().night(),
            options.replicasSampled(),
            options.hourSeconds());
  }

  private String demands() {
    Table table =
        new Table(
            GAP, "DEMAND", "POOL", "N", "REQUESTS", "TOKENS", "GOOD", "TTFT S", "TPOT MS", "BUSY");
    for (GroupDay group : day.groups()) {
      Choice choice = group.part().choice();
      var sample = group.sample();
      table.row(
          PlanReport.cut(choice.demand().name()),
          PlanReport.cut(choice.pool().name(), 11),
          Long.toString(group.part().replicas()),
          count(group.requests()),
          count(group.outputTokens()),
          "%.1f %%".formatted(100 * sample.goodShare()),
          pair(sample.ttftSeconds().p50(), sample.ttftSeconds().p99()),
          pair(MILLI * sample.tpotSeconds().p50(), MILLI * sample.tpotSeconds().p99()),
          "%.0f %%".formatted(100 * group.busyShare()));
    }
    return table.render();
  }

  /** Median and 99th percentile. */
  private static String pair(double p50, double p99) {
    return figure(p50) + "/" + figure(p99);
  }

  private static String figure(double value) {
    return (value >= 10 ? "%.0f" : value >= 1 ? "%.1f" : "%.2f").formatted(value);
  }

  private static String count(double value) {
    return value >= 1e9
        ? "%.2fG".formatted(value / 1e9)
        : value >= 1e6
            ? "%.1fM".formatted(value / 1e6)
            : value >= 1e4 ? "%.0fk".formatted(value / 1e3) : "%.0f".formatted(value);
  }

  /** What all groups on one kind of chip come to. */
  private static final class ChipDay {
    private long chips;
    private double tokens;
    private double busyChips;
    private double kilowattHours;
    private double price;
    private boolean powerKnown;

    void add(GroupDay group) {
      chips += group.part().chips();
      tokens += group.outputTokens();
      busyChips += group.part().chips() * group.busyShare();
      kilowattHours += group.kilowattHours();
      price += group.price();
      powerKnown = group.part().choice().watts() > 0;
    }
  }

  private Map<String, ChipDay> byChip() {
    Map<String, ChipDay> all = new LinkedHashMap<>();
    for (GroupDay group : day.groups()) {
      all.computeIfAbsent(group.part().choice().pool().chip().id(), _ -> new ChipDay()).add(group);
    }
    return all;
  }

  private String chips() {
    Table table = new Table(GAP, "CHIP", "CHIPS", "TOKENS", "TOK/S A CHIP", "BUSY", "kWh", "PRICE");
    byChip()
        .forEach(
            (chip, one) ->
                table.row(
                    chip,
                    Long.toString(one.chips),
                    count(one.tokens),
                    "%.0f".formatted(one.tokens / 24 / HOUR / one.chips),
                    "%.0f %%".formatted(100 * one.busyChips / one.chips),
                    one.powerKnown ? "%,.0f".formatted(one.kilowattHours) : "?",
                    "%,.0f".formatted(one.price)));
    return table.render();
  }

  private String incidents() {
    StringBuilder text = new StringBuilder();
    for (String why : day.unplaced().stream().distinct().toList()) {
      PlanReport.line(text, "!", "", "no server for a replica of the plan: " + why);
    }
    List<Incident> all = day.incidents();
    text.append(
        "%d servers failed; %d replicas lost their place.\n".formatted(day.failures(), all.size()));
    for (Incident one : all.subList(0, Math.min(INCIDENTS_MAX, all.size()))) {
      PlanReport.line(text, "*", clock(one.atSeconds()), words(one));
    }
    if (all.size() > INCIDENTS_MAX) {
      text.append("  ... and %d more (--json)\n".formatted(all.size() - INCIDENTS_MAX));
    }
    return text.append('\n').toString();
  }

  private String words(Incident one) {
    Choice choice = day.groups().get(one.group()).part().choice();
    String what =
        "%s (%s) loses %s".formatted(choice.demand().name(), choice.split(), one.server());
    if (one.newServer().isEmpty()) {
      return "%s and waits past midnight: %s".formatted(what, one.why());
    }
    String where =
        "%s, up on %s after %.0f s"
            .formatted(what, one.newServer(), one.upSeconds() - one.atSeconds());
    return one.why().isEmpty() ? where : where + "; it waited: " + one.why();
  }

  private static String clock(double seconds) {
    return "%02d:%02d".formatted((int) (seconds / HOUR), (int) (seconds % HOUR / 60));
  }

  private String totals() {
    double tokens = Math.max(1, day.outputTokens());
    return """
        %s requests, %s answer tokens, %,.0f a second; %.2f %% within their objectives.
        %,.0f kWh at rated power while busy, where power is known.
        %,.0f %s, %.2f for a million answer tokens.
        """
        .formatted(
            count(day.requests()),
            count(day.outputTokens()),
            day.outputTokens() / 24 / HOUR,
            100 * day.goodTokens() / tokens,
            day.kilowattHours(),
            day.price(),
            day.plan().fleet().currency(),
            day.price() / tokens * 1e6);
  }

  Map<String, Object> json() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("seed", day.options().seed());
    map.put("night", day.options().shape().night());
    map.put("peak_hour", day.options().shape().peakHour());
    map.put("replicas_sampled", day.options().replicasSampled());
    map.put("seconds_of_each_hour", day.options().hourSeconds());
    map.put("requests", day.requests());
    map.put("output_tokens", day.outputTokens());
    map.put("good_tokens", day.goodTokens());
    map.put("kilowatt_hours", day.kilowattHours());
    map.put("price", day.price());
    map.put("servers_failed", day.failures());
    map.put("unplaced", day.unplaced());
    map.put("output_tokens_per_second_by_hour", list(day.tokensPerSecond()));
    map.put("chips_up_by_hour", list(day.chipsUp()));
    map.put("groups", day.groups().stream().map(DayReport::json).toList());
    map.put("incidents", day.incidents().stream().map(this::json).toList());
    return map;
  }

  private static List<Object> list(double[] values) {
    List<Object> list = new ArrayList<>();
    for (double value : values) {
      list.add(value);
    }
    return list;
  }

  private static Map<String, Object> json(GroupDay group) {
    var sample = group.sample();
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("demand", group.part().choice().demand().name());
    map.put("pool", group.part().choice().pool().name());
    map.put("split", group.part().choice().split());
    map.put("replicas", group.part().replicas());
    map.put("sampled", group.sampled());
    map.put("requests", group.requests());
    map.put("prompt_tokens", group.promptTokens());
    map.put("output_tokens", group.outputTokens());
    map.put("good_share", sample.goodShare());
    map.put("refused_share", (double) sample.refused() / Math.max(1, sample.requests()));
    map.put("ttft_s_mean", sample.ttftSeconds().mean());
    map.put("ttft_s_p50", sample.ttftSeconds().p50());
    map.put("ttft_s_p99", sample.ttftSeconds().p99());
    map.put("tpot_ms_mean", MILLI * sample.tpotSeconds().mean());
    map.put("tpot_ms_p50", MILLI * sample.tpotSeconds().p50());
    map.put("tpot_ms_p99", MILLI * sample.tpotSeconds().p99());
    map.put("busy_share", group.busyShare());
    map.put("preemptions", sample.preemptions() * group.scale());
    map.put("kilowatt_hours", group.part().choice().watts() > 0 ? group.kilowattHours() : null);
    map.put("price", group.price());
    return map;
  }

  private Map<String, Object> json(Incident one) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("at_s", one.atSeconds());
    map.put("demand", day.groups().get(one.group()).part().choice().demand().name());
    map.put("server", one.server());
    map.put("new_server", one.newServer().isEmpty() ? null : one.newServer());
    map.put("up_s", Double.isInfinite(one.upSeconds()) ? null : one.upSeconds());
    map.put("waited_because", one.why().isEmpty() ? null : one.why());
    return map;
  }

  /** One HTML page that needs nothing else. */
  String page(String planText) {
    double[] share = new double[24];
    for (int hour = 0; hour < share.length; hour++) {
      share[hour] = 100 * day.options().shape().share(hour);
    }
    return new HtmlPage("A day of " + day.plan().fleet().name())
        .figure("requests", count(day.requests()))
        .figure("answer tokens", count(day.outputTokens()))
        .figure(
            "of them within objectives",
            "%.1f %%".formatted(100 * day.goodTokens() / Math.max(1, day.outputTokens())))
        .figure("chips in use", "%,d".formatted(day.plan().chipsUsed()))
        .figure("servers failed", Integer.toString(day.failures()))
        .figure(
            day.plan().fleet().currency() + " for a million tokens",
            "%.2f".formatted(day.price() / Math.max(1, day.outputTokens()) * 1e6))
        .chart("Answer tokens, per second", HOUR, day.tokensPerSecond())
        .chart("Traffic, per cent of the demand", HOUR, share)
        .chart("Chips of replicas that are down, in the mean", HOUR, day.chipsDown())
        .text(text())
        .text(planText)
        .render();
  }
}
