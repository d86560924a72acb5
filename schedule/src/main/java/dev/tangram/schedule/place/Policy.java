package dev.tangram.schedule.place;

/** Which of the places that fit is best. Pure: costs follow from node and demand alone. */
public interface Policy {
  String name();

  /**
   * What it costs to serve the demand from this node in the best way; the lowest wins. Asked only
   * where the demand fits, and again only when the node has changed.
   */
  double cost(ChipLedger ledger, int node, Demand demand);

  /**
   * The chips to take, one bit each.
   *
   * @param draw the caller's random number, 0 if it has none
   */
  default long chips(ChipLedger ledger, int node, Demand demand, long draw) {
    return ledger.tightest(node, demand);
  }

  /** Whether the policy keeps this node from the demand though it fits. */
  default boolean withholds(ChipLedger ledger, int node, Demand demand) {
    return false;
  }

  /** Whether the caller's random number decides among nodes that cost the same; else the first. */
  default boolean drawsAmongEquals() {
    return false;
  }
}
