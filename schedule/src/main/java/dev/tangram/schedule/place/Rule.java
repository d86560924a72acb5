package dev.tangram.schedule.place;

/**
 * A hard constraint beyond the sizes. Pure; cheap, for it is asked for each node of each decision.
 */
public interface Rule {
  /** As it stands in explanations: "origin", "room power". */
  String name();

  /** Whether the request may go to this node now. */
  boolean admits(ChipLedger ledger, int node, Demand demand);

  /**
   * What this rule would want changed so that the node would do; one clause without a full stop.
   */
  String wish(ChipLedger ledger, int node, Demand demand);
}
