package dev.tangram.schedule.place;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ChipLedgerTest {
  private static final Demand HALF = new Demand(2_000, 1_024, 1, 500, Set.of());
  private static final Demand PAIR = new Demand(4_000, 4_096, 2, 1_000, Set.of());

  private final ChipLedger ledger =
      new ChipLedger(
          List.of(
              new Node("a", "H20", 4, 96_000, 400, 32_000, 65_536, Map.of(Node.ROOM, "r1")),
              new Node("b", "", 0, 8_000, 16_384)));

  @Test
  void takingAndGivingBackLeavesNothing() {
    Holding half = ledger.take(new Request("half", "m", HALF, List.of()), 0, 0b0100);
    Holding pair = ledger.take(new Request("pair", "m", PAIR, List.of()), 0, 0b0011);

    assertThat(ledger.free(0, 2)).isEqualTo(500);
    assertThat(ledger.free(0, 0)).isZero();
    assertThat(ledger.wholeFree(0)).isEqualTo(1);
    assertThat(ledger.wholeFreeInAll()).isEqualTo(1);
    assertThat(ledger.milliFree(0)).isEqualTo(1_500);
    assertThat(ledger.cpuFree(0)).isEqualTo(26_000);
    assertThat(ledger.memoryFree(0)).isEqualTo(60_416);
    assertThat(ledger.roomWatts(0)).isEqualTo(1_200);
    assertThat(ledger.members("m")).isEqualTo(Map.of(0, 2));
    assertThat(ledger.held()).isEqualTo(2);
    ledger.check();

    ledger.give(half);
    ledger.give(pair);

    assertThat(ledger.milliTaken()).isZero();
    assertThat(ledger.roomWatts(0)).isZero();
    assertThat(ledger.members("m")).isEmpty();
    assertThat(ledger.wholeFree(0)).isEqualTo(4);
    ledger.check();
  }

  @Test
  void nothingIsGivenBackTwice() {
    Holding holding = ledger.take(new Request("half", HALF), 0, 1);
    ledger.give(holding);

    assertThatThrownBy(() -> ledger.give(holding)).hasMessageContaining("half holds nothing");
  }

  @Test
  void aChipIsNotOverdrawn() {
    ledger.take(new Request("half", HALF), 0, 1);

    assertThatThrownBy(() -> ledger.take(new Request("pair", PAIR), 0, 0b11))
        .hasMessageContaining("pair does not fit on chip 0 of a");
    assertThatThrownBy(() -> ledger.take(new Request("pair", PAIR), 0, 0b1))
        .hasMessageContaining("chips 1");
    assertThatThrownBy(() -> ledger.take(new Request("half", HALF), 1, 1))
        .hasMessageContaining("half does not fit on chip 0 of b");
    ledger.check();
  }

  @Test
  void theTightestChipsAreTheFullestThatDo() {
    ledger.take(new Request("half", HALF), 0, 0b0010);

    assertThat(ledger.tightest(0, HALF)).isEqualTo(0b0010);
    assertThat(ledger.tightest(0, PAIR)).isEqualTo(0b0101);
  }

  @Test
  void impossibleSizesAreRefusedWithAllThatIsKnown() {
    assertThatThrownBy(() -> new Node("n", "H20", 65, 1, 1))
        .hasMessage("node n: chips 65; allowed: 0 to 64");
    assertThatThrownBy(() -> new Node("n", "", 8, 1, 1))
        .hasMessageContaining("node n: 8 chips of type \"\"");
    assertThatThrownBy(() -> new Demand(0, 0, 1, 1_001, Set.of()))
        .hasMessage("1001 milli of each of 1 chips: allowed: 1 to 1000, and 0 without chips");
    assertThatThrownBy(() -> new Demand(-1, 0, 0, 0, Set.of()))
        .hasMessageContaining("cpu -1 milli");
  }
}
