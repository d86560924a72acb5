package dev.tangram.schedule.place;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How many chips of a type may form one group: superpods that want even counts, topologies of 1, 2,
 * 4, 8 and 16.
 *
 * @param sizes by chip type; a type that is not named may have any
 */
public record GroupSizes(Map<String, Set<Integer>> sizes) implements Rule {
  public GroupSizes {
    Map<String, Set<Integer>> copy = new TreeMap<>();
    sizes.forEach((chip, allowed) -> copy.put(chip, new TreeSet<>(allowed)));
    sizes = copy;
  }

  @Override
  public String name() {
    return "group size";
  }

  @Override
  public boolean admits(ChipLedger ledger, int node, Demand demand) {
    Set<Integer> allowed = sizes.get(ledger.node(node).chip());
    return demand.chips() == 0 || allowed == null || allowed.contains(demand.chips());
  }

  @Override
  public String wish(ChipLedger ledger, int node, Demand demand) {
    String chip = ledger.node(node).chip();
    return "a group of %s %s chips instead of %d".formatted(sizes.get(chip), chip, demand.chips());
  }
}
