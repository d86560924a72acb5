package dev.tangram.schedule.place;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Decisions in words, for the one who asks "why there?" or "pending, why?". */
final class Explanation {
  private Explanation() {}

  static String of(Decision.Placed placed) {
    StringBuilder text = new StringBuilder();
    text.append("%s goes to %s".formatted(placed.request().name(), placed.node().name()));
    if (placed.holding().chips() != 0) {
      text.append(chips(placed));
    }
    text.append(
        placed.fitting() == 1
            ? ", the only node that fits."
            : ", the best of %d nodes that fit by %s (cost %s)."
                .formatted(placed.fitting(), placed.policy(), number(placed.cost())));
    Decision.RunnerUp second = placed.runnerUp();
    if (second != null) {
      text.append(
          second.behind() == 0
              ? " %s is as good.".formatted(second.node().name())
              : " Second best is %s, %s behind."
                  .formatted(second.node().name(), number(second.behind())));
    }
    if (!placed.obstacles().isEmpty()) {
      text.append(" Out of the question: ").append(list(placed.obstacles())).append('.');
    }
    return text.toString();
  }

  private static String chips(Decision.Placed placed) {
    Demand demand = placed.request().demand();
    StringBuilder chips = new StringBuilder();
    for (long rest = placed.holding().chips(); rest != 0; rest &= rest - 1) {
      chips.append(chips.isEmpty() ? "" : ", ").append(Long.numberOfTrailingZeros(rest));
    }
    String share =
        demand.shares() ? "%s of ".formatted(number(demand.chipMilli() / (double) Node.WHOLE)) : "";
    return ", %s%s chip%s %s"
        .formatted(share, placed.node().chip(), demand.chips() == 1 ? "" : "s", chips);
  }

  static String of(Decision.Refused refused) {
    int nodes = refused.obstacles().values().stream().mapToInt(Integer::intValue).sum();
    String why =
        "%s fits on none of %d nodes: %s."
            .formatted(refused.request().name(), nodes, list(refused.obstacles()));
    List<String> changes = refused.changes();
    if (changes.isEmpty()) {
      return why + " No node is large enough, even if it were empty.";
    }
    String smallest = why + " It would fit with " + changes.getFirst();
    return changes.size() == 1
        ? smallest + "."
        : smallest
            + "; or with "
            + String.join("; or with ", changes.subList(1, changes.size()))
            + ".";
  }

  private static String list(Map<String, Integer> obstacles) {
    return String.join(
        ", ",
        obstacles.entrySet().stream()
            .sorted(
                Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder())
                    .thenComparing(Map.Entry.comparingByKey()))
            .map(entry -> "%d %s".formatted(entry.getValue(), entry.getKey()))
            .toList());
  }

  /** At most three digits after the point, and no more than needed. */
  private static String number(double value) {
    String text = String.format(Locale.ROOT, "%.3f", value);
    return text.contains(".") ? text.replaceAll("\\.?0+$", "") : text;
  }
}
