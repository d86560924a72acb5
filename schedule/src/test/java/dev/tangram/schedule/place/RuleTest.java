package dev.tangram.schedule.place;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Each rule admits what it should, refuses what it should, and says so. */
class RuleTest {
  private static final Demand ONE = new Demand(0, 0, 1, 1_000, Set.of());
  private static final Demand THREE = new Demand(0, 0, 3, 1_000, Set.of());

  private final ChipLedger ledger =
      new ChipLedger(
          List.of(
              node("h20-0", "H20", 98_304, 400, "r1", "US"),
              node("c500-0", "C500", 65_536, 350, "r1", "CN"),
              node("c500-1", "C500", 65_536, 350, "r2", "CN"),
              node("br-0", "BR106", 0, 0, "r2", "CN")));

  private static Node node(
      String name, String chip, int chipMemoryMib, int watts, String room, String origin) {
    Map<String, String> labels = Map.of(Node.ROOM, room, Node.ORIGIN, origin);
    return new Node(name, chip, 8, chipMemoryMib, watts, 64_000, 524_288, labels);
  }

  private boolean admits(Rule rule, int node, Demand demand) {
    return rule.admits(ledger, node, demand);
  }

  @Test
  void chipMemoryCountsTheReserveAndUnknownIsTooLittle() {
    Rule rule = new ChipMemory(60_000, 6_000);

    assertThat(admits(rule, 0, ONE)).isTrue();
    assertThat(admits(rule, 1, ONE)).isFalse();
    assertThat(admits(new ChipMemory(59_536, 6_000), 1, ONE)).isTrue();
    assertThat(admits(rule, 3, ONE)).isFalse();
    assertThat(rule.wish(ledger, 1, ONE))
        .isEqualTo("60000 MiB and 6000 in reserve on each chip, where there are 65536");
    assertThat(rule.wish(ledger, 3, ONE)).startsWith("chip memory known to be at least 60000 MiB");
  }

  @Test
  void groupSizesBelongToTheChip() {
    Rule rule = new GroupSizes(Map.of("C500", Set.of(1, 2, 4, 8)));

    assertThat(admits(rule, 0, THREE)).isTrue();
    assertThat(admits(rule, 1, THREE)).isFalse();
    assertThat(admits(rule, 1, ONE)).isTrue();
    assertThat(rule.wish(ledger, 1, THREE))
        .isEqualTo("a group of [1, 2, 4, 8] C500 chips instead of 3");
  }

  @Test
  void originsAreTheTenants() {
    Rule rule = Labelled.origins("acme", Set.of("CN"));

    assertThat(admits(rule, 0, ONE)).isFalse();
    assertThat(admits(rule, 1, ONE)).isTrue();
    assertThat(rule.name()).isEqualTo("origin");
    assertThat(rule.wish(ledger, 0, ONE))
        .isEqualTo("origin US allowed beside [CN] for tenant acme");
  }

  @Test
  void membersOfAGroupStayApart() {
    ledger.take(new Request("first", "qwen", ONE, List.of()), 1, 1);

    Rule nodes = new Apart("qwen", "");
    assertThat(admits(nodes, 1, ONE)).isFalse();
    assertThat(admits(nodes, 0, ONE)).isTrue();
    Rule rooms = new Apart("qwen", Node.ROOM);
    assertThat(admits(rooms, 0, ONE)).isFalse();
    assertThat(admits(rooms, 2, ONE)).isTrue();
    assertThat(admits(new Apart("kimi", Node.ROOM), 0, ONE)).isTrue();
    assertThat(rooms.wish(ledger, 0, ONE))
        .isEqualTo("qwen allowed twice in one room (one is on c500-0)");
  }

  @Test
  void aRoomsCapIsReachedButNotPassed() {
    Rule rule = new RoomPower(Map.of("r1", 1_150L));

    assertThat(admits(rule, 0, ONE)).isTrue();
    Holding holding = ledger.take(new Request("big", new Demand(0, 0, 2, 1_000, Set.of())), 0, 3);
    assertThat(admits(rule, 1, ONE)).isTrue();
    assertThat(admits(rule, 0, ONE)).isFalse();
    assertThat(rule.wish(ledger, 0, ONE)).isEqualTo("50 W more for room r1");
    assertThat(admits(rule, 2, ONE)).isTrue();
    ledger.give(holding);
    assertThat(admits(rule, 0, ONE)).isTrue();
  }
}
