package dev.tangram.schedule.place;

/** Like to like: nodes that hold only such demands, then also such, then none, then only others. */
public record GpuClustering() implements Policy {
  @Override
  public String name() {
    return "GpuClustering";
  }

  @Override
  public double cost(ChipLedger ledger, int node, Demand demand) {
    if (demand.chips() == 0) {
      return 0;
    }
    int kinds = ledger.kinds(node);
    int rank = ledger.alike(node, demand) > 0 ? kinds == 1 ? 3 : 2 : kinds == 0 ? 1 : 0;
    double used = DotProduct.CHIP_MILLI_MAX - ledger.milliFree(node);
    return -(25 * rank + (int) (25 * used / DotProduct.CHIP_MILLI_MAX));
  }
}
