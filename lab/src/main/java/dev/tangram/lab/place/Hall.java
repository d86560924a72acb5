package dev.tangram.lab.place;

import dev.tangram.schedule.place.Apart;
import dev.tangram.schedule.place.ChipMemory;
import dev.tangram.schedule.place.Demand;
import dev.tangram.schedule.place.GroupSizes;
import dev.tangram.schedule.place.Labelled;
import dev.tangram.schedule.place.Node;
import dev.tangram.schedule.place.Request;
import dev.tangram.schedule.place.RoomPower;
import dev.tangram.schedule.place.Rule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * The Sanjiangyuan hall in size and shape: 1,747 servers of four kinds, 22,832 chips. Rooms, host
 * processors, memory and the power of two chips are made up; they are not published.
 */
final class Hall {
  private static final int ROOMS = 12;
  private static final long ROOM_WATTS = 800_000;
  private static final int ENGINE_RESERVE_MIB = 6_000;
  private static final Set<String> PPU = Set.of("PPU-810E");
  private static final Set<String> ANY = Set.of();

  private Hall() {}

  static List<Node> nodes() {
    List<Node> nodes = new ArrayList<>();
    add(nodes, 1_024, "PPU-810E", 16, 98_304, 400);
    add(nodes, 512, "C500", 8, 65_536, 350);
    add(nodes, 83, "BR106", 16, 32_768, 300);
    add(nodes, 128, "Chana", 8, 65_536, 300);
    return nodes;
  }

  private static void add(
      List<Node> nodes, int count, String chip, int chips, int chipMemoryMib, int watts) {
    for (int i = 0; i < count; i++) {
      Map<String, String> labels =
          Map.of(Node.ROOM, "room-" + nodes.size() % ROOMS, Node.ORIGIN, "CN");
      nodes.add(
          new Node(
              chip + "-" + i,
              chip,
              chips,
              chipMemoryMib,
              watts,
              chips * 12_000,
              chips * 65_536,
              labels));
    }
  }

  private static Demand demand(int pick, int cpuMore) {
    if (pick < 40) {
      int milli = pick < 25 ? 250 : 500;
      return new Demand(milli * 8 + cpuMore, milli * 48, 1, milli, ANY);
    }
    int chips = pick < 65 ? 1 : pick < 80 ? 2 : pick < 90 ? 4 : pick < 97 ? 8 : 16;
    return new Demand(
        chips * 8_000 + cpuMore, chips * 49_152, chips, Node.WHOLE, chips == 16 ? PPU : ANY);
  }

  /**
   * Replicas of many models and all sizes, 140 kinds of demand, with the rules of a real request.
   */
  static Request replica(int number, SplittableRandom random) {
    Demand demand = demand(random.nextInt(100), random.nextInt(20) * 100);
    String model = "model-" + random.nextInt(400);
    Map<String, Long> caps = new HashMap<>();
    for (int room = 0; room < ROOMS; room++) {
      caps.put("room-" + room, ROOM_WATTS);
    }
    List<Rule> rules =
        List.of(
            new ChipMemory(demand.shares() ? 12_000 : 26_000, ENGINE_RESERVE_MIB),
            new GroupSizes(Map.of("Chana", Set.of(1, 2, 4, 8), "BR106", Set.of(1, 2, 4, 8))),
            Labelled.origins("acme", Set.of("CN")),
            new Apart(model, ""),
            new RoomPower(caps));
    return new Request("replica-" + number, model, demand, rules);
  }
}
