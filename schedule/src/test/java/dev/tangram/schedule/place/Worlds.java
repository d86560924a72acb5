package dev.tangram.schedule.place;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** Random halls and requests. */
final class Worlds {
  private static final String[] CHIPS = {"H20", "C500", "PPU"};
  private static final int[] SHARES = {50, 110, 250, 320, 470, 500, 650, 810};

  private Worlds() {}

  static List<Node> nodes(Random random) {
    List<Node> nodes = new ArrayList<>();
    int count = 1 + random.nextInt(12);
    for (int i = 0; i < count; i++) {
      int chips = random.nextInt(4) == 0 ? 0 : 1 << random.nextInt(4);
      nodes.add(
          new Node(
              "node-" + i,
              chips == 0 ? "" : CHIPS[random.nextInt(CHIPS.length)],
              chips,
              32_000 * random.nextInt(4),
              100 * random.nextInt(5),
              8_000 * (1 + random.nextInt(12)),
              16_384 * (1 + random.nextInt(16)),
              Map.of(
                  Node.ROOM,
                  "room-" + random.nextInt(3),
                  Node.ORIGIN,
                  random.nextBoolean() ? "CN" : "US")));
    }
    return nodes;
  }

  static Demand demand(Random random) {
    Set<String> types = new HashSet<>();
    if (random.nextInt(3) == 0) {
      types.add(CHIPS[random.nextInt(CHIPS.length)]);
      types.add(CHIPS[random.nextInt(CHIPS.length)]);
    }
    int cpu = 1_000 * random.nextInt(16);
    int memory = 1_024 * random.nextInt(40);
    return switch (random.nextInt(6)) {
      case 0 -> new Demand(cpu, memory, 0, 0, Set.of());
      case 1, 2, 3 -> new Demand(cpu, memory, 1, SHARES[random.nextInt(SHARES.length)], types);
      case 4 -> new Demand(cpu, memory, 2, 250, types);
      default -> new Demand(cpu, memory, 1 << random.nextInt(4), Node.WHOLE, types);
    };
  }

  static List<Demand> demands(Random random, int count) {
    List<Demand> demands = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      demands.add(demand(random));
    }
    return demands;
  }

  static Request request(String name, List<Demand> demands, Random random) {
    String group = random.nextBoolean() ? "" : "model-" + random.nextInt(4);
    List<Rule> rules = new ArrayList<>();
    if (random.nextInt(4) == 0) {
      rules.add(new ChipMemory(30_000, 2_000));
    }
    if (random.nextInt(4) == 0) {
      rules.add(Labelled.origins("acme", Set.of("CN")));
    }
    if (random.nextInt(4) == 0) {
      rules.add(new GroupSizes(Map.of("PPU", Set.of(2, 4))));
    }
    if (!group.isEmpty() && random.nextInt(3) == 0) {
      rules.add(new Apart(group, random.nextBoolean() ? "" : Node.ROOM));
    }
    if (random.nextInt(3) == 0) {
      rules.add(new RoomPower(Map.of("room-0", 1_000L, "room-1", 2_500L)));
    }
    return new Request(name, group, demands.get(random.nextInt(demands.size())), rules);
  }

  static List<Policy> policies(DemandMix mix, ChipLedger ledger) {
    return List.of(
        new RandomFit(),
        new BestFit(),
        new DotProduct(),
        new GpuPacking(),
        new GpuClustering(),
        new FragmentationGradient(mix.most(0.9), ledger),
        new StrandingGradient(mix, ledger, 0),
        new StrandingGradient(mix, ledger, 0.6));
  }
}
