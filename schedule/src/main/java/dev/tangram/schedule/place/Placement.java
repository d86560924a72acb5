package dev.tangram.schedule.place;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Places requests as they come, one at a time, and says why there. Pure: the decision follows from
 * the ledger, the request and the caller's draw.
 *
 * <p>Cost: one pass over all nodes, some ten nanoseconds each; a node's cost for a demand is kept
 * until the node changes, so that mostly the policy is asked about touched nodes only.
 *
 * <p>Threads: owned by the ledger's owner.
 */
public final class Placement {
  /** Demands whose costs are kept; each takes 12 bytes for each node. */
  private static final int ROWS_MAX = 1024;

  private static final Obstacle[] OBSTACLES = Obstacle.values();

  private final ChipLedger ledger;
  private final Policy policy;
  private final Map<Demand, Row> rows =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Demand, Row> eldest) {
          return size() > ROWS_MAX;
        }
      };

  /** What one demand costs on each node, as of the node's version. */
  private static final class Row {
    final long typeMask;
    final double[] costs;
    final int[] versions;

    Row(ChipLedger ledger, Demand demand) {
      typeMask = ledger.typeMask(demand);
      costs = new double[ledger.nodes()];
      versions = new int[ledger.nodes()];
      Arrays.fill(versions, -1);
    }
  }

  public Placement(ChipLedger ledger, Policy policy) {
    this.ledger = ledger;
    this.policy = policy;
  }

  public ChipLedger ledger() {
    return ledger;
  }

  /** Decides, and takes what it decided. The first node wins a tie where the policy draws none. */
  public Decision decide(Request request) {
    return decide(request, 0);
  }

  /**
   * Decides, and takes what it decided.
   *
   * @param draw the caller's random number, for policies that draw
   */
  public Decision decide(Request request, long draw) {
    Demand demand = request.demand();
    Row row = rows.computeIfAbsent(demand, d -> new Row(ledger, d));
    int[] obstacles = new int[OBSTACLES.length + 1 + request.rules().size()];
    boolean draws = policy.drawsAmongEquals();
    long state = draw;
    int best = -1;
    int second = -1;
    int equals = 0;
    int fitting = 0;
    for (int node = 0; node < ledger.nodes(); node++) {
      int obstacle = obstacle(request, node, row.typeMask);
      if (obstacle >= 0) {
        obstacles[obstacle]++;
        continue;
      }
      fitting++;
      double cost = cost(row, node, demand);
      if (best < 0 || cost < row.costs[best]) {
        second = best;
        best = node;
        equals = 1;
        continue;
      }
      if (draws && cost == row.costs[best]) {
        state = mix(state);
        if (Math.floorMod(state, (long) ++equals) == 0) {
          second = best;
          best = node;
          continue;
        }
      }
      if (second < 0 || cost < row.costs[second]) {
        second = node;
      }
    }
    if (best < 0) {
      return new Decision.Refused(
          request,
          obstacles[OBSTACLES.length] > 0,
          named(obstacles, request.rules()),
          Changes.of(ledger, request, policy));
    }
    long chips = policy.chips(ledger, best, demand, mix(state));
    Decision.RunnerUp runnerUp =
        second < 0
            ? null
            : new Decision.RunnerUp(ledger.node(second), row.costs[second] - row.costs[best]);
    return new Decision.Placed(
        request,
        ledger.node(best),
        ledger.take(request, best, chips),
        policy.name(),
        row.costs[best],
        fitting,
        runnerUp,
        named(obstacles, request.rules()));
  }

  /** Takes a holding back. */
  public void release(Holding holding) {
    ledger.give(holding);
  }

  private double cost(Row row, int node, Demand demand) {
    int version = ledger.version(node);
    if (row.versions[node] != version) {
      row.costs[node] = policy.cost(ledger, node, demand);
      row.versions[node] = version;
    }
    return row.costs[node];
  }

  private int obstacle(Request request, int node, long typeMask) {
    Obstacle obstacle = Obstacle.first(ledger, node, request.demand(), typeMask);
    if (obstacle != null) {
      return obstacle.ordinal();
    }
    List<Rule> rules = request.rules();
    for (int i = 0; i < rules.size(); i++) {
      if (!rules.get(i).admits(ledger, node, request.demand())) {
        return OBSTACLES.length + 1 + i;
      }
    }
    return policy.withholds(ledger, node, request.demand()) ? OBSTACLES.length : -1;
  }

  private Map<String, Integer> named(int[] obstacles, List<Rule> rules) {
    Map<String, Integer> named = new TreeMap<>();
    for (int i = 0; i < obstacles.length; i++) {
      if (obstacles[i] > 0) {
        String name =
            i < OBSTACLES.length
                ? OBSTACLES[i].text()
                : i == OBSTACLES.length
                    ? "kept in reserve by " + policy.name()
                    : rules.get(i - OBSTACLES.length - 1).name();
        named.merge(name, obstacles[i], Integer::sum);
      }
    }
    return named;
  }

  /** SplitMix64's finaliser after its increment: a well mixed next state. */
  private static long mix(long state) {
    long z = state + 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
