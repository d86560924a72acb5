package dev.tangram.schedule.place;

/**
 * Each chip must hold its part of the model beside a reserve. Measured memory counts, not nominal;
 * a node whose chip memory is unknown is not admitted.
 *
 * @param neededMib weights, cache and state on one chip
 * @param reserveMib what engine, driver and other processes take
 */
public record ChipMemory(int neededMib, int reserveMib) implements Rule {
  public ChipMemory {
    if (neededMib < 0 || reserveMib < 0) {
      throw new IllegalArgumentException(
          "needed %d MiB, reserve %d MiB: neither may be negative"
              .formatted(neededMib, reserveMib));
    }
  }

  @Override
  public String name() {
    return "chip memory";
  }

  @Override
  public boolean admits(ChipLedger ledger, int node, Demand demand) {
    return ledger.node(node).chipMemoryMib() >= (long) neededMib + reserveMib;
  }

  @Override
  public String wish(ChipLedger ledger, int node, Demand demand) {
    int has = ledger.node(node).chipMemoryMib();
    String wanted = "%d MiB and %d in reserve on each chip".formatted(neededMib, reserveMib);
    return has == 0
        ? "chip memory known to be at least " + wanted
        : "%s, where there are %d".formatted(wanted, has);
  }
}
