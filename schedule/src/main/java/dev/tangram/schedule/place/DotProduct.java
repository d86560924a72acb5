package dev.tangram.schedule.place;

/**
 * The node where what is free and what is wanted make the smallest product of (processor, chips),
 * each relative to the largest node; after Tetris (SIGCOMM 2014).
 */
public record DotProduct() implements Policy {
  /** The largest node of the published experiments. */
  static final double CPU_MILLI_MAX = 128_000;

  static final double CHIP_MILLI_MAX = 8_000;

  @Override
  public String name() {
    return "DotProd";
  }

  @Override
  public double cost(ChipLedger ledger, int node, Demand demand) {
    double cpu = ledger.cpuFree(node) / CPU_MILLI_MAX * (demand.cpuMilli() / CPU_MILLI_MAX);
    double chips = ledger.milliFree(node) / CHIP_MILLI_MAX * (demand.milli() / CHIP_MILLI_MAX);
    return -(int) (100 * (1 - (cpu + chips) / 2));
  }
}
