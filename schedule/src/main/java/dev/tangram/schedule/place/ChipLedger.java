package dev.tangram.schedule.place;

import dev.tangram.schedule.Invariant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Who holds which share of which chip. {@link #take} and {@link #give} cost a few dozen
 * nanoseconds, and one undoes the other to the last bit.
 *
 * <p>Threads: owned by whoever decides.
 */
public final class ChipLedger {
  /** Kinds of a holding: 0 without chips, 1 a share, 1 + n for n whole chips. */
  private static final int KINDS = Node.CHIPS_MAX + 2;

  private final List<Node> nodes;
  private final List<String> chipTypes = new ArrayList<>();
  private final List<String> rooms = new ArrayList<>();

  // By node. Chips of node n are free[first[n]] up to free[first[n + 1]].
  private final int[] first;
  private final int[] free;
  private final int[] typeOf;
  private final int[] roomOf;
  private final int[] cpuFree;
  private final int[] memoryFree;
  private final int[] milliFree;
  private final int[] wholeFree;
  private final int[] largestFree;
  private final int[] versions;
  private final short[][] kinds;

  private final long[] wattsOfRoom;
  private final Map<String, Map<Integer, Integer>> groups = new HashMap<>();
  private final Set<Holding> holdings = Collections.newSetFromMap(new IdentityHashMap<>());
  private int wholeFreeInAll;
  private long milliTaken;
  private long milliInAll;

  public ChipLedger(List<Node> nodes) {
    this.nodes = List.copyOf(nodes);
    int count = nodes.size();
    first = new int[count + 1];
    typeOf = new int[count];
    roomOf = new int[count];
    cpuFree = new int[count];
    memoryFree = new int[count];
    milliFree = new int[count];
    wholeFree = new int[count];
    largestFree = new int[count];
    versions = new int[count];
    kinds = new short[count][KINDS];
    for (int n = 0; n < count; n++) {
      Node node = nodes.get(n);
      first[n + 1] = first[n] + node.chips();
      typeOf[n] = index(chipTypes, node.chip());
      roomOf[n] = index(rooms, node.label(Node.ROOM));
      cpuFree[n] = node.cpuMilli();
      memoryFree[n] = node.memoryMib();
      milliFree[n] = node.chips() * Node.WHOLE;
      wholeFree[n] = node.chips();
      largestFree[n] = node.chips() == 0 ? 0 : Node.WHOLE;
      milliInAll += milliFree[n];
      wholeFreeInAll += wholeFree[n];
    }
    if (chipTypes.size() > Long.SIZE) {
      throw new IllegalArgumentException(
          "%d types of chips; allowed: at most %d".formatted(chipTypes.size(), Long.SIZE));
    }
    free = new int[first[count]];
    Arrays.fill(free, Node.WHOLE);
    wattsOfRoom = new long[rooms.size()];
  }

  private static int index(List<String> names, String name) {
    int index = names.indexOf(name);
    if (index < 0) {
      names.add(name);
      return names.size() - 1;
    }
    return index;
  }

  public int nodes() {
    return nodes.size();
  }

  public Node node(int node) {
    return nodes.get(node);
  }

  public int chips(int node) {
    return first[node + 1] - first[node];
  }

  /** Thousandths of this chip that nobody holds. */
  public int free(int node, int chip) {
    return free[first[node] + chip];
  }

  public int cpuFree(int node) {
    return cpuFree[node];
  }

  public int memoryFree(int node) {
    return memoryFree[node];
  }

  /** Thousandths free on all chips of the node together. */
  public int milliFree(int node) {
    return milliFree[node];
  }

  /** Chips of the node that nobody holds a part of. */
  public int wholeFree(int node) {
    return wholeFree[node];
  }

  /** Thousandths free on the node's freest chip. */
  public int largestFree(int node) {
    return largestFree[node];
  }

  /** Index of the node's chip type, below 64. */
  public int typeOf(int node) {
    return typeOf[node];
  }

  /** How often the node changed: what was computed for it at another version is stale. */
  public int version(int node) {
    return versions[node];
  }

  /**
   * How many of the node's holdings are of the same kind as this demand: n whole chips, or a share.
   */
  public int alike(int node, Demand demand) {
    return kinds[node][kind(demand)];
  }

  /** How many kinds of holdings with chips the node has. */
  public int kinds(int node) {
    int count = 0;
    for (int kind = 1; kind < KINDS; kind++) {
      if (kinds[node][kind] > 0) {
        count++;
      }
    }
    return count;
  }

  private static int kind(Demand demand) {
    return demand.chips() == 0 ? 0 : demand.shares() ? 1 : 1 + demand.chips();
  }

  /** Thousandths of chips held, in the whole hall. */
  public long milliTaken() {
    return milliTaken;
  }

  public long milliInAll() {
    return milliInAll;
  }

  public int chipsInAll() {
    return free.length;
  }

  /** Chips of the hall that nobody holds a part of. */
  public int wholeFreeInAll() {
    return wholeFreeInAll;
  }

  /** Watts of the chips in use in the room of this node. */
  public long roomWatts(int node) {
    return wattsOfRoom[roomOf[node]];
  }

  /** Where members of the group are: node to count. */
  public Map<Integer, Integer> members(String group) {
    return groups.getOrDefault(group, Map.of());
  }

  /** One bit for each chip type that will do for the demand. */
  public long typeMask(Demand demand) {
    long mask = 0;
    for (int type = 0; type < chipTypes.size(); type++) {
      if (demand.chipTypes().isEmpty() || demand.chipTypes().contains(chipTypes.get(type))) {
        mask |= 1L << type;
      }
    }
    return mask;
  }

  /** Chips of the node with at least this much free. */
  public int chipsWith(int node, int milli) {
    if (milli == Node.WHOLE) {
      return wholeFree[node];
    }
    int count = 0;
    for (int c = first[node]; c < first[node + 1]; c++) {
      if (free[c] >= milli) {
        count++;
      }
    }
    return count;
  }

  /** Whether the node has the chips that the demand asks for, whatever their type. */
  public boolean hasChips(int node, Demand demand) {
    return demand.chips() <= 1
        ? largestFree[node] >= demand.chipMilli()
        : chipsWith(node, demand.chipMilli()) >= demand.chips();
  }

  /** Whether the sizes fit; rules apart. */
  public boolean fits(int node, Demand demand, long typeMask) {
    return cpuFree[node] >= demand.cpuMilli()
        && memoryFree[node] >= demand.memoryMib()
        && (typeMask >>> typeOf[node] & 1) != 0
        && hasChips(node, demand);
  }

  /** The chips that fit most tightly, lowest first among equals; the node must have them. */
  public long tightest(int node, Demand demand) {
    long taken = 0;
    for (int i = 0; i < demand.chips(); i++) {
      int best = -1;
      for (int c = 0; c < chips(node); c++) {
        int left = free(node, c);
        if ((taken >>> c & 1) == 0
            && left >= demand.chipMilli()
            && (best < 0 || left < free(node, best))) {
          best = c;
        }
      }
      Invariant.check(best >= 0, "node %s has not the chips for %s", node(node).name(), demand);
      taken |= 1L << best;
    }
    return taken;
  }

  /** Gives the request these chips of the node, and its processor and memory. */
  public Holding take(Request request, int node, long chips) {
    Demand demand = request.demand();
    Invariant.check(Long.bitCount(chips) == demand.chips(), "%s: chips %x", request.name(), chips);
    Invariant.check(
        cpuFree[node] >= demand.cpuMilli() && memoryFree[node] >= demand.memoryMib(),
        "%s does not fit on %s",
        request.name(),
        node(node).name());
    for (long rest = chips; rest != 0; rest &= rest - 1) {
      int chip = Long.numberOfTrailingZeros(rest);
      Invariant.check(
          chip < chips(node) && free(node, chip) >= demand.chipMilli(),
          "%s does not fit on chip %d of %s",
          request.name(),
          chip,
          node(node).name());
    }
    Holding holding = new Holding(request, node, chips);
    change(holding, -1);
    holdings.add(holding);
    if (!request.group().isEmpty()) {
      groups
          .computeIfAbsent(request.group(), g -> new LinkedHashMap<>())
          .merge(node, 1, Integer::sum);
    }
    return holding;
  }

  /** Takes back what {@link #take} gave: the very holding, once. */
  public void give(Holding holding) {
    Invariant.check(holdings.remove(holding), "%s holds nothing", holding.request().name());
    change(holding, 1);
    String group = holding.request().group();
    if (!group.isEmpty()) {
      Map<Integer, Integer> where = groups.get(group);
      where.computeIfPresent(holding.node(), (node, n) -> n == 1 ? null : Integer.valueOf(n - 1));
      if (where.isEmpty()) {
        groups.remove(group);
      }
    }
  }

  private void change(Holding holding, int sign) {
    Demand demand = holding.request().demand();
    int node = holding.node();
    cpuFree[node] += sign * demand.cpuMilli();
    memoryFree[node] += sign * demand.memoryMib();
    milliFree[node] += sign * demand.milli();
    milliTaken -= (long) sign * demand.milli();
    kinds[node][kind(demand)] -= (short) sign;
    versions[node]++;
    for (long rest = holding.chips(); rest != 0; rest &= rest - 1) {
      free[first[node] + Long.numberOfTrailingZeros(rest)] += sign * demand.chipMilli();
    }
    int whole = 0;
    int largest = 0;
    for (int c = first[node]; c < first[node + 1]; c++) {
      whole += free[c] == Node.WHOLE ? 1 : 0;
      largest = Math.max(largest, free[c]);
    }
    wattsOfRoom[roomOf[node]] += (long) (wholeFree[node] - whole) * node(node).chipWatts();
    wholeFreeInAll += whole - wholeFree[node];
    wholeFree[node] = whole;
    largestFree[node] = largest;
  }

  /** Holdings now. */
  public int held() {
    return holdings.size();
  }

  /**
   * Recounts everything from the holdings; throws if a sum is off. Cost: all nodes and holdings.
   */
  public void check() {
    ChipLedger fresh = new ChipLedger(nodes);
    for (Holding holding : holdings) {
      fresh.take(holding.request(), holding.node(), holding.chips());
    }
    Invariant.check(Arrays.equals(free, fresh.free), "chips' free shares are off");
    Invariant.check(Arrays.equals(cpuFree, fresh.cpuFree), "free processors are off");
    Invariant.check(Arrays.equals(memoryFree, fresh.memoryFree), "free memory is off");
    Invariant.check(Arrays.equals(milliFree, fresh.milliFree), "nodes' free shares are off");
    Invariant.check(Arrays.equals(wholeFree, fresh.wholeFree), "free chips are off");
    Invariant.check(wholeFreeInAll == fresh.wholeFreeInAll, "the hall's free chips are off");
    Invariant.check(Arrays.equals(largestFree, fresh.largestFree), "freest chips are off");
    Invariant.check(Arrays.deepEquals(kinds, fresh.kinds), "kinds of holdings are off");
    Invariant.check(Arrays.equals(wattsOfRoom, fresh.wattsOfRoom), "rooms' power is off");
    Invariant.check(groups.equals(fresh.groups), "groups are off");
    Invariant.check(
        milliTaken == fresh.milliTaken && milliTaken >= 0 && milliTaken <= milliInAll,
        "%d milli taken, %d counted, %d there are",
        milliTaken,
        fresh.milliTaken,
        milliInAll);
  }
}
