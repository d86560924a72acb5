package dev.tangram.schedule.place;

import java.util.Set;
import java.util.TreeSet;

/**
 * Only nodes whose label has one of these values.
 *
 * @param reason who wants it, for explanations: "tenant acme"
 */
public record Labelled(String label, Set<String> allowed, String reason) implements Rule {
  public Labelled {
    allowed = new TreeSet<>(allowed);
  }

  /** The origins of chips that a tenant's policy allows. */
  public static Labelled origins(String tenant, Set<String> allowed) {
    return new Labelled(Node.ORIGIN, allowed, "tenant " + tenant);
  }

  @Override
  public String name() {
    return label;
  }

  @Override
  public boolean admits(ChipLedger ledger, int node, Demand demand) {
    return allowed.contains(ledger.node(node).label(label));
  }

  @Override
  public String wish(ChipLedger ledger, int node, Demand demand) {
    String found = ledger.node(node).label(label);
    return "%s %s allowed beside %s for %s"
        .formatted(label, found.isEmpty() ? "(none)" : found, allowed, reason);
  }
}
