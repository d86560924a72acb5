package dev.tangram.schedule.place;

import dev.tangram.schedule.Invariant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * What would have to be otherwise for a refused request to fit. Cost: one pass over all nodes, some
 * 50 ns each; words are made for the changes that are told only.
 */
final class Changes {
  // What can be missing on a node; the request's rules follow, in their order.
  private static final int CHIP_TYPE = 0;
  private static final int CHIPS = 1;
  private static final int CPU = 2;
  private static final int MEMORY = 3;
  private static final int RESERVE = 4;
  private static final int RULES = 5;

  /** Waivers count as more than anything that waiting could bring. */
  private static final double WAIVER = 10;

  private static final double OTHER_CHIP = 20;
  private static final double IMPOSSIBLE = Double.POSITIVE_INFINITY;

  private final ChipLedger ledger;
  private final Request request;
  private final Demand demand;
  private final Policy policy;
  private final long typeMask;

  // Of the node looked at: what is missing, how much, and how much of what the node has that is.
  private final int[] kinds;
  private final int[] amounts;
  private int wants;
  private double size;

  /** A change that would do; {@code nodes} with such chips lack just as much. */
  private static final class Change {
    final int node;
    final int[] kinds;
    final int[] amounts;
    final double size;
    int nodes = 1;

    Change(int node, int[] kinds, int[] amounts, double size) {
      this.node = node;
      this.kinds = kinds;
      this.amounts = amounts;
      this.size = size;
    }
  }

  private Changes(ChipLedger ledger, Request request, Policy policy) {
    this.ledger = ledger;
    this.request = request;
    this.demand = request.demand();
    this.policy = policy;
    this.typeMask = ledger.typeMask(demand);
    this.kinds = new int[RULES + request.rules().size()];
    this.amounts = new int[kinds.length];
  }

  /** Each would do alone; the smallest of each kind, smallest first. Empty if none would. */
  static List<String> of(ChipLedger ledger, Request request, Policy policy) {
    return new Changes(ledger, request, policy).find();
  }

  private List<String> find() {
    Change[] single = new Change[kinds.length];
    Change several = null;
    for (int node = 0; node < ledger.nodes(); node++) {
      look(node);
      if (size == IMPOSSIBLE) {
        continue;
      }
      if (wants > 1) {
        several = several == null || size < several.size ? change(node) : several;
        continue;
      }
      int kind = kinds[0];
      Change best = single[kind];
      if (best == null || size < best.size) {
        single[kind] = change(node);
      } else if (best.amounts[0] == amounts[0] && ledger.typeOf(best.node) == ledger.typeOf(node)) {
        best.nodes++;
      }
    }
    if (Arrays.stream(single).allMatch(Objects::isNull)) {
      return several == null ? List.of() : List.of(words(several));
    }
    return Stream.of(single)
        .filter(Objects::nonNull)
        .sorted(Comparator.comparingDouble(change -> change.size))
        .map(this::words)
        .toList();
  }

  private Change change(int node) {
    return new Change(node, Arrays.copyOf(kinds, wants), Arrays.copyOf(amounts, wants), size);
  }

  /** Sets {@link #wants}, {@link #kinds}, {@link #amounts} and {@link #size} for this node. */
  private void look(int node) {
    wants = 0;
    size = 0;
    Node at = ledger.node(node);
    if (demand.chips() > at.chips()) {
      size = IMPOSSIBLE;
      return;
    }
    if (demand.chips() > 0) {
      if ((typeMask >>> ledger.typeOf(node) & 1) == 0) {
        want(CHIP_TYPE, 0, OTHER_CHIP);
      }
      if (!ledger.hasChips(node, demand)) {
        lookAtChips(node);
      }
    }
    lack(CPU, demand.cpuMilli(), ledger.cpuFree(node), at.cpuMilli());
    lack(MEMORY, demand.memoryMib(), ledger.memoryFree(node), at.memoryMib());
    List<Rule> rules = request.rules();
    for (int i = 0; i < rules.size(); i++) {
      if (!rules.get(i).admits(ledger, node, demand)) {
        want(RULES + i, 0, WAIVER);
      }
    }
    if (wants == 0) {
      Invariant.check(
          policy.withholds(ledger, node, demand), "%s fits on %s", request.name(), at.name());
      want(RESERVE, 0, WAIVER);
    }
  }

  private void lookAtChips(int node) {
    int of = ledger.chips(node);
    if (shareOfOne()) {
      int milli = demand.chipMilli() - ledger.largestFree(node);
      want(CHIPS, milli, (double) milli / Node.WHOLE / of);
    } else {
      int more = demand.chips() - ledger.chipsWith(node, demand.chipMilli());
      want(CHIPS, more, (double) more / of);
    }
  }

  private boolean shareOfOne() {
    return demand.chips() == 1 && demand.shares();
  }

  /** What a node does not have at all cannot become free there. */
  private void lack(int kind, int wanted, int free, int inAll) {
    if (wanted > free) {
      want(kind, wanted - free, wanted > inAll ? IMPOSSIBLE : (double) (wanted - free) / inAll);
    }
  }

  private void want(int kind, int amount, double relative) {
    kinds[wants] = kind;
    amounts[wants] = amount;
    wants++;
    size += relative;
  }

  private String words(Change change) {
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < change.kinds.length; i++) {
      all.append(i == 0 ? "" : " and ")
          .append(words(change.kinds[i], change.amounts[i], change.node));
    }
    Node node = ledger.node(change.node);
    return change.nodes == 1
        ? "%s on %s".formatted(all, node.name())
        : "%s on any of %d %s nodes"
            .formatted(all, change.nodes, node.chip().isEmpty() ? "chipless" : node.chip());
  }

  private String words(int kind, int amount, int node) {
    return switch (kind) {
      case CHIP_TYPE -> "chip type %s allowed".formatted(ledger.node(node).chip());
      case CHIPS -> chips(amount);
      case CPU -> rounded("%.1f more processors free", amount / 1000.0);
      case MEMORY -> rounded("%.1f GiB more memory free", amount / 1024.0);
      case RESERVE -> "the reserve of %s lifted".formatted(policy.name());
      default -> request.rules().get(kind - RULES).wish(ledger, node, demand);
    };
  }

  private String chips(int amount) {
    if (shareOfOne()) {
      return String.format(Locale.ROOT, "%.3f more of one chip free", amount / 1000.0);
    }
    String chips = amount == 1 ? "chip" : "chips";
    return demand.shares()
        ? String.format(
            Locale.ROOT, "%d more %s with %.3f free", amount, chips, demand.chipMilli() / 1000.0)
        : "%d more whole %s free".formatted(amount, chips);
  }

  /** Rounded up to a tenth: less would not do. */
  private static String rounded(String format, double value) {
    return String.format(Locale.ROOT, format, Math.ceil(value * 10) / 10);
  }
}
