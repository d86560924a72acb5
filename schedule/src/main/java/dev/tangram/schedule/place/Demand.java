package dev.tangram.schedule.place;

import java.util.Set;

/**
 * What a pod or replica takes: the part of a request that many requests share.
 *
 * @param chips how many chips, all on one node and so of one type; 0 for none
 * @param chipMilli share of each chip, 1 to 1000; 0 if there are no chips
 * @param chipTypes the types that will do; empty for any
 */
public record Demand(int cpuMilli, int memoryMib, int chips, int chipMilli, Set<String> chipTypes) {
  public Demand {
    if (cpuMilli < 0 || memoryMib < 0) {
      throw new IllegalArgumentException(
          "cpu %d milli, memory %d MiB: neither may be negative".formatted(cpuMilli, memoryMib));
    }
    if (chips < 0 || chips > Node.CHIPS_MAX) {
      throw new IllegalArgumentException(
          "chips %d: allowed: 0 to %d".formatted(chips, Node.CHIPS_MAX));
    }
    if (chips == 0 ? chipMilli != 0 : chipMilli < 1 || chipMilli > Node.WHOLE) {
      throw new IllegalArgumentException(
          "%d milli of each of %d chips: allowed: 1 to %d, and 0 without chips"
              .formatted(chipMilli, chips, Node.WHOLE));
    }
    chipTypes = Set.copyOf(chipTypes);
  }

  /** Thousandths of chips in all. */
  public int milli() {
    return chips * chipMilli;
  }

  /** Whether it takes a part of one chip, beside others. */
  public boolean shares() {
    return chipMilli > 0 && chipMilli < Node.WHOLE;
  }
}
