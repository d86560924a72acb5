package dev.tangram.schedule.place;

/** What keeps a demand from a node, rules apart, in the order in which it is looked for. */
enum Obstacle {
  CHIP_TYPE("wrong chip type"),
  WHOLE_CHIPS("not enough whole chips free"),
  SHARE("no chip with that share free"),
  CPU("not enough processors free"),
  MEMORY("not enough memory free");

  private final String text;

  Obstacle(String text) {
    this.text = text;
  }

  String text() {
    return text;
  }

  /** The first obstacle, or null if the node would do. */
  static Obstacle first(ChipLedger ledger, int node, Demand demand, long typeMask) {
    if (demand.chips() > 0) {
      if ((typeMask >>> ledger.typeOf(node) & 1) == 0 || ledger.chips(node) == 0) {
        return CHIP_TYPE;
      }
      if (!ledger.hasChips(node, demand)) {
        return demand.shares() ? SHARE : WHOLE_CHIPS;
      }
    }
    if (ledger.cpuFree(node) < demand.cpuMilli()) {
      return CPU;
    }
    return ledger.memoryFree(node) < demand.memoryMib() ? MEMORY : null;
  }
}
