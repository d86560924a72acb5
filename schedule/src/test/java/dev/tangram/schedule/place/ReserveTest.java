package dev.tangram.schedule.place;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReserveTest {
  private static final Demand LARGE = new Demand(1_000, 1_024, 1, 810, Set.of());
  private static final Demand HALF = new Demand(1_000, 1_024, 1, 500, Set.of());
  private static final Demand SMALL = new Demand(1_000, 1_024, 1, 150, Set.of());
  private static final Demand WHOLE = new Demand(1_000, 1_024, 1, 1_000, Set.of());

  private final ChipLedger ledger = new ChipLedger(List.of(new Node("n", "T4", 4, 64_000, 65_536)));

  private static DemandMix mix() {
    List<Demand> demands = new ArrayList<>(List.of(LARGE, LARGE, LARGE, LARGE, SMALL));
    demands.addAll(List.of(HALF, WHOLE, WHOLE));
    return DemandMix.of(demands);
  }

  private Decision decide(Placement placement, Demand demand) {
    return placement.decide(new Request("pod", demand));
  }

  @Test
  void theLastChipsAreKeptFromWhatWastesThem() {
    Placement placement = new Placement(ledger, new StrandingGradient(mix(), ledger, 0.6));

    assertThat(decide(placement, LARGE)).isInstanceOf(Decision.Placed.class);
    assertThat(decide(placement, LARGE)).isInstanceOf(Decision.Placed.class);
    Decision third = decide(placement, LARGE);
    assertThat(third.explain())
        .isEqualTo(
            "pod fits on none of 1 nodes: 1 kept in reserve by Stranding+reserve. It would fit with"
                + " the reserve of Stranding+reserve lifted on n.");
    assertThat(((Decision.Refused) third).withheld()).isTrue();

    assertThat(decide(placement, HALF)).isInstanceOf(Decision.Placed.class);
    assertThat(decide(placement, WHOLE)).isInstanceOf(Decision.Placed.class);
  }

  @Test
  void aChipInUseWithRoomIsNotKept() {
    Placement placement = new Placement(ledger, new StrandingGradient(mix(), ledger, 1));

    // Nothing is opened for it at a reserve of all chips once one is in use.
    ledger.take(new Request("small", SMALL), 0, 0b0100);
    Decision decision = decide(placement, LARGE);

    assertThat(((Decision.Placed) decision).holding().chips()).isEqualTo(0b0100);
    assertThat(((Decision.Refused) decide(placement, LARGE)).withheld()).isTrue();
  }

  @Test
  void withoutAReserveWhateverFitsIsPlaced() {
    Placement placement = new Placement(ledger, new StrandingGradient(mix(), ledger, 0));

    for (int i = 0; i < 4; i++) {
      assertThat(decide(placement, LARGE)).isInstanceOf(Decision.Placed.class);
    }
    assertThat(((Decision.Refused) decide(placement, LARGE)).withheld()).isFalse();
  }
}
