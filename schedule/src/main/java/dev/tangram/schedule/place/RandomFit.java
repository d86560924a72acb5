package dev.tangram.schedule.place;

/** Any node that fits, any of its chips that fit, as the caller's draw has it. */
public record RandomFit() implements Policy {
  @Override
  public String name() {
    return "Random";
  }

  @Override
  public boolean drawsAmongEquals() {
    return true;
  }

  @Override
  public double cost(ChipLedger ledger, int node, Demand demand) {
    return 0;
  }

  @Override
  public long chips(ChipLedger ledger, int node, Demand demand, long draw) {
    if (!demand.shares() || demand.chips() != 1) {
      return ledger.tightest(node, demand);
    }
    int nth = (int) Math.floorMod(draw, (long) ledger.chipsWith(node, demand.chipMilli()));
    for (int c = 0; ; c++) {
      if (ledger.free(node, c) >= demand.chipMilli() && nth-- == 0) {
        return 1L << c;
      }
    }
  }
}
