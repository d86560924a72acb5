package dev.tangram.schedule.place;

import java.util.Map;

/**
 * The chips in use in a room draw no more than this. The request counts as if each of its chips
 * were untouched, so a share may be refused where it would add nothing; the cap is never passed.
 *
 * @param wattsMax by room; a room that is not named has no cap
 */
public record RoomPower(Map<String, Long> wattsMax) implements Rule {
  public RoomPower {
    wattsMax = Map.copyOf(wattsMax);
  }

  @Override
  public String name() {
    return "room power";
  }

  @Override
  public boolean admits(ChipLedger ledger, int node, Demand demand) {
    return missing(ledger, node, demand) <= 0;
  }

  private long missing(ChipLedger ledger, int node, Demand demand) {
    Long cap = wattsMax.get(ledger.node(node).label(Node.ROOM));
    return cap == null
        ? 0
        : ledger.roomWatts(node) + (long) demand.chips() * ledger.node(node).chipWatts() - cap;
  }

  @Override
  public String wish(ChipLedger ledger, int node, Demand demand) {
    return "%d W more for room %s"
        .formatted(missing(ledger, node, demand), ledger.node(node).label(Node.ROOM));
  }
}
