package dev.tangram.schedule.place;

import java.util.Map;

/**
 * Not where another member of the group is.
 *
 * @param label nodes with the same value of it count as one place, such as {@link Node#ROOM}; empty
 *     for the node itself
 */
public record Apart(String group, String label) implements Rule {
  @Override
  public String name() {
    return "anti-affinity";
  }

  @Override
  public boolean admits(ChipLedger ledger, int node, Demand demand) {
    return meets(ledger, node) < 0;
  }

  /** A node with a member in the same place, -1 if there is none. */
  private int meets(ChipLedger ledger, int node) {
    Map<Integer, Integer> members = ledger.members(group);
    if (label.isEmpty()) {
      return members.containsKey(node) ? node : -1;
    }
    String value = ledger.node(node).label(label);
    for (int member : members.keySet()) {
      if (ledger.node(member).label(label).equals(value)) {
        return member;
      }
    }
    return -1;
  }

  @Override
  public String wish(ChipLedger ledger, int node, Demand demand) {
    return "%s allowed twice in one %s (one is on %s)"
        .formatted(
            group, label.isEmpty() ? "node" : label, ledger.node(meets(ledger, node)).name());
  }
}
