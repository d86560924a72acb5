package dev.tangram.schedule.place;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What would have to be otherwise for a refused request to fit. Cost: one pass over all nodes. */
final class Changes {
  /** Waivers count as more than anything that waiting could bring. */
  private static final double WAIVER = 10;

  private static final double IMPOSSIBLE = Double.POSITIVE_INFINITY;

  private final ChipLedger ledger;
  private final Request request;
  private final Policy policy;
  private final long typeMask;

  /** One thing that is missing on a node; {@code size} is relative to what the node has. */
  private record Want(String kind, double size, String text) {}

  /** A change that would do, and how many nodes with such chips it would do on. */
  private static final class Change {
    final double size;
    final String text;
    final Node node;
    int nodes = 1;

    Change(double size, String text, Node node) {
      this.size = size;
      this.text = text;
      this.node = node;
    }

    String inWords() {
      return nodes == 1
          ? "%s on %s".formatted(text, node.name())
          : "%s on any of %d %s nodes".formatted(text, nodes, node.chip().isEmpty() ? "chipless" : node.chip());
    }
  }

  private Changes(ChipLedger ledger, Request request, Policy policy) {
    this.ledger = ledger;
    this.request = request;
    this.policy = policy;
    this.typeMask = ledger.typeMask(request.demand());
  }

  /** Each would do alone; the smallest of each kind, smallest first. Empty if none would. */
  static List<String> of(ChipLedger ledger, Request request, Policy policy) {
    return new Changes(ledger, request, policy).find();
  }

  private List<String> find() {
    Map<String, Change> single = new HashMap<>();
    Change several = null;
    for (int node = 0; node < ledger.nodes(); node++) {
      List<Want> wants = wants(node);
      double size = wants.stream().mapToDouble(Want::size).sum();
      if (size == IMPOSSIBLE || wants.isEmpty()) {
        continue;
      }
      if (wants.size() == 1) {
        Want want = wants.getFirst();
        Change best = single.get(want.kind());
        if (best == null || size < best.size) {
          single.put(want.kind(), new Change(size, want.text(), ledger.node(node)));
        } else if (best.text.equals(want.text())
            && best.node.chip().equals(ledger.node(node).chip())) {
          best.nodes++;
        }
      } else if (several == null || size < several.size) {
        String all = String.join(" and ", wants.stream().map(Want::text).toList());
        several = new Change(size, all, ledger.node(node));
      }
    }
    if (single.isEmpty()) {
      return several == null ? List.of() : List.of(several.inWords());
    }
    return single.values().stream()
        .sorted(Comparator.comparingDouble((Change c) -> c.size).thenComparing(c -> c.text))
        .map(Change::inWords)
        .toList();
  }

  private List<Want> wants(int node) {
    List<Want> wants = new ArrayList<>();
    Demand demand = request.demand();
    Node at = ledger.node(node);
    if (demand.chips() > 0) {
      if (demand.chips() > at.chips()) {
        return List.of(new Want("chips", IMPOSSIBLE, ""));
      }
      if ((typeMask >>> ledger.typeOf(node) & 1) == 0) {
        wants.add(new Want("type", 2 * WAIVER, "chip type " + at.chip() + " allowed"));
      }
      if (!ledger.hasChips(node, demand)) {
        wants.add(chips(node, demand));
      }
    }
    int cpu = demand.cpuMilli() - ledger.cpuFree(node);
    if (cpu > 0) {
      wants.add(
          new Want(
              "cpu",
              relative(cpu, demand.cpuMilli(), at.cpuMilli()),
              text("%.1f more processors free", Math.ceil(cpu / 100.0) / 10)));
    }
    int memory = demand.memoryMib() - ledger.memoryFree(node);
    if (memory > 0) {
      wants.add(
          new Want(
              "memory",
              relative(memory, demand.memoryMib(), at.memoryMib()),
              text("%.1f GiB more memory free", Math.ceil(memory / 102.4) / 10)));
    }
    for (Rule rule : request.rules()) {
      if (!rule.admits(ledger, node, demand)) {
        wants.add(new Want(rule.name(), WAIVER, rule.wish(ledger, node, demand)));
      }
    }
    if (wants.isEmpty() && policy.withholds(node, demand)) {
      wants.add(new Want("reserve", WAIVER, "the reserve of " + policy.name() + " lifted"));
    }
    return wants;
  }

  private Want chips(int node, Demand demand) {
    int of = ledger.chips(node);
    if (demand.chips() == 1 && demand.shares()) {
      int milli = demand.chipMilli() - ledger.largestFree(node);
      return new Want(
          "share",
          (double) milli / Node.WHOLE / of,
          text("%.3f more of one chip free", milli / (double) Node.WHOLE));
    }
    int more = demand.chips() - ledger.chipsWith(node, demand.chipMilli());
    String what =
        demand.shares()
            ? text("chip%s with %.3f free", more == 1 ? "" : "s", demand.chipMilli() / 1000.0)
            : more == 1 ? "whole chip free" : "whole chips free";
    return new Want("chips", (double) more / of, "%d more %s".formatted(more, what));
  }

  /** Size of a shortage; what a node does not have at all cannot become free there. */
  private static double relative(int missing, int wanted, int has) {
    return wanted > has ? IMPOSSIBLE : (double) missing / has;
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
