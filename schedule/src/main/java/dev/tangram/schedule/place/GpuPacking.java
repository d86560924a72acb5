package dev.tangram.schedule.place;

/**
 * Chips in use before free chips, free chips of used nodes before free nodes; among the first the
 * fullest, among the others where the fewest are touched.
 */
public record GpuPacking() implements Policy {
  @Override
  public String name() {
    return "GpuPacking";
  }

  @Override
  public double cost(ChipLedger ledger, int node, Demand demand) {
    if (demand.chips() == 0) {
      return 0;
    }
    int wholeFree = ledger.wholeFree(node);
    if (wholeFree == ledger.chips(node)) {
      return -Math.max(100 / 3 - wholeFree, wholeFree);
    }
    int untouched = 0;
    int percentFree = 0;
    for (long rest = ledger.tightest(node, demand); rest != 0; rest &= rest - 1) {
      int left = ledger.free(node, Long.numberOfTrailingZeros(rest));
      untouched += left == Node.WHOLE ? 1 : 0;
      percentFree += left * 100 / Node.WHOLE;
    }
    return untouched > 0
        ? -Math.max(100 / 2 - untouched, 100 / 3)
        : -Math.max(100 - percentFree / 10, 100 / 2);
  }
}
