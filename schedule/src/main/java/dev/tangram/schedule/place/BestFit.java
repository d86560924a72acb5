package dev.tangram.schedule.place;

/**
 * The node with the least left over: half processor, half chips, each relative to the largest node
 * there is ({@link DotProduct} has the figures). Whole percents, so that the draw decides among
 * near equals, as in the simulator of FGD's authors.
 */
public record BestFit() implements Policy {
  @Override
  public String name() {
    return "BestFit";
  }

  @Override
  public double cost(ChipLedger ledger, int node, Demand demand) {
    double cpu = (ledger.cpuFree(node) - demand.cpuMilli()) / DotProduct.CPU_MILLI_MAX;
    double chips = (ledger.milliFree(node) - demand.milli()) / DotProduct.CHIP_MILLI_MAX;
    return -(int) (100 * (1 - (cpu + chips) / 2));
  }
}
