package dev.tangram.schedule.place;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The words, as one who asks "pending, why?" reads them. */
class ExplanationTest {
  private static final Set<String> ANY = Set.of();

  private final ChipLedger ledger =
      new ChipLedger(
          List.of(
              node("h20-0", "H20", 4, "US"),
              node("c500-0", "C500", 8, "CN"),
              node("c500-1", "C500", 8, "CN")));
  private final Placement placement = new Placement(ledger, new BestFit());

  private static Node node(String name, String chip, int chips, String origin) {
    return new Node(
        name, chip, chips, 65_536, 400, chips * 8_000, chips * 32_768, Map.of(Node.ORIGIN, origin));
  }

  private String explain(String name, Demand demand, Rule... rules) {
    return placement.decide(new Request(name, "", demand, List.of(rules))).explain();
  }

  private void take(int node, int chips) {
    ledger.take(
        new Request("old", new Demand(1_000, 1_024, chips, 1_000, ANY)), node, (1L << chips) - 1);
  }

  @Test
  void aPlacedRequestKnowsItsChipsTheRunnerUpAndWhyOthersLost() {
    take(1, 5);

    assertThat(explain("qwen-1", new Demand(8_000, 32_768, 2, 1_000, Set.of("C500"))))
        .isEqualTo(
            "qwen-1 goes to c500-0, C500 chips 5, 6, the best of 2 nodes that fit by BestFit (cost"
                + " -72). Second best is c500-1, 32 behind. Out of the question: 1 wrong chip type.");
  }

  @Test
  void aShareSaysHowMuchOfWhichChip() {
    assertThat(explain("small", new Demand(1_000, 1_024, 1, 250, Set.of("H20"))))
        .isEqualTo(
            "small goes to h20-0, 0.25 of H20 chip 0, the only node that fits. Out of the question:"
                + " 2 wrong chip type.");
  }

  @Test
  void oneMoreFreeChipWouldDo() {
    take(1, 5);
    take(2, 7);

    assertThat(explain("kimi", new Demand(8_000, 32_768, 4, 1_000, Set.of("C500"))))
        .isEqualTo(
            "kimi fits on none of 3 nodes: 2 not enough whole chips free, 1 wrong chip type. It"
                + " would fit with 1 more whole chip free on c500-0; or with chip type H20 allowed"
                + " on h20-0.");
  }

  @Test
  void moreMemoryOnAnyOfSeveralNodesWouldDo() {
    Demand hungry = new Demand(1_000, 200_000, 0, 0, ANY);
    explain("first", hungry);
    explain("second", hungry);

    assertThat(explain("third", hungry))
        .isEqualTo(
            "third fits on none of 3 nodes: 3 not enough memory free. It would fit with 134.7 GiB"
                + " more memory free on any of 2 C500 nodes.");
  }

  @Test
  void aRuleSaysWhoWantsIt() {
    assertThat(
            explain(
                "acme-1",
                new Demand(1_000, 1_024, 1, 1_000, Set.of("H20")),
                Labelled.origins("acme", Set.of("CN"))))
        .isEqualTo(
            "acme-1 fits on none of 3 nodes: 2 wrong chip type, 1 origin. It would fit with origin US"
                + " allowed beside [CN] for tenant acme on h20-0; or with chip type C500 allowed on"
                + " any of 2 C500 nodes.");
  }

  @Test
  void processorsAndShares() {
    ledger.take(new Request("old", new Demand(0, 0, 4, 700, ANY)), 0, 0b1111);
    ledger.take(new Request("old", new Demand(64_000, 0, 0, 0, ANY)), 1, 0);
    ledger.take(new Request("old", new Demand(60_050, 0, 0, 0, ANY)), 2, 0);

    assertThat(explain("half", new Demand(4_000, 0, 1, 500, ANY)))
        .isEqualTo(
            "half fits on none of 3 nodes: 2 not enough processors free, 1 no chip with that share"
                + " free. It would fit with 0.1 more processors free on c500-1; or with 0.200 more of"
                + " one chip free on h20-0.");
  }

  @Test
  void twoThingsTogetherAreNamedWhereOneAloneDoesNotSuffice() {
    take(1, 8);
    take(2, 8);
    ledger.take(new Request("old", new Demand(63_000, 0, 0, 0, ANY)), 1, 0);
    ledger.take(new Request("old", new Demand(62_000, 0, 0, 0, ANY)), 2, 0);

    assertThat(explain("pair", new Demand(2_000, 0, 8, 1_000, ANY)))
        .isEqualTo(
            "pair fits on none of 3 nodes: 3 not enough whole chips free. It would fit with 8 more"
                + " whole chips free and 1.0 more processors free on c500-1.");
  }

  @Test
  void whatNoNodeIsLargeEnoughForIsSaid() {
    assertThat(explain("huge", new Demand(0, 0, 16, 1_000, ANY)))
        .isEqualTo(
            "huge fits on none of 3 nodes: 3 not enough whole chips free. No node is large enough,"
                + " even if it were empty.");
  }
}
