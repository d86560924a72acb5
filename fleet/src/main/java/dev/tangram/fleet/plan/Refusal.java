package dev.tangram.fleet.plan;

import java.util.List;

/** Why a demand cannot run on a pool at all, whatever else runs there. */
public sealed interface Refusal {
  Pool pool();

  /** What is wrong, and where it is a matter of size what would help. */
  String words();

  /** The tenant does not want chips from there. */
  record Origin(Pool pool, Tenant tenant) implements Refusal {
    @Override
    public String words() {
      return "%s allows origins %s only, this is %s"
          .formatted(tenant.name(), String.join(", ", tenant.origins()), pool.chip().origin());
    }
  }

  /** The tenant does not want this vendor. */
  record Vendor(Pool pool, Tenant tenant) implements Refusal {
    @Override
    public String words() {
      return "%s forbids %s".formatted(tenant.name(), pool.chip().vendor());
    }
  }

  /** Nobody published a figure that the cost model needs. */
  record Unknown(Pool pool, List<String> figures) implements Refusal {
    public Unknown {
      figures = List.copyOf(figures);
    }

    @Override
    public String words() {
      return "unknown: " + String.join(", ", figures);
    }
  }

  /** Not one sequence fits, even on the largest group. */
  record TooLarge(Pool pool, int chips, double gigabytesNeeded, double gigabytesUsable)
      implements Refusal {
    @Override
    public String words() {
      return "needs %.0f GB a chip on %s, usable are %.0f"
          .formatted(Math.ceil(gigabytesNeeded), Digits.chips(chips), gigabytesUsable);
    }
  }

  /** A single sequence on the best group is too slow already. */
  record TooSlow(Pool pool, String objective, double millis, double allowed, int chips)
      implements Refusal {
    @Override
    public String words() {
      return "%s %s ms at best (%s, batch 1), allowed %s"
          .formatted(objective, Digits.of(millis), Digits.chips(chips), Digits.of(allowed));
    }
  }
}
