package dev.tangram.lab.fleet;

import dev.tangram.fleet.chip.ChipCatalogue;
import dev.tangram.fleet.cost.Calibration;
import dev.tangram.fleet.cost.Parallelism;
import dev.tangram.fleet.cost.Replica;
import dev.tangram.fleet.cost.Roofline;
import dev.tangram.fleet.cost.WeightType;
import dev.tangram.fleet.model.KvType;
import dev.tangram.fleet.model.ModelCatalogue;
import dev.tangram.fleet.sim.EngineLimits;
import dev.tangram.fleet.sim.Objective;
import dev.tangram.fleet.sim.Outcome;
import dev.tangram.fleet.sim.RooflineStep;
import dev.tangram.fleet.sim.ServedModel;
import dev.tangram.fleet.sim.Simulation;
import dev.tangram.fleet.workload.Request;
import dev.tangram.fleet.workload.Trace;
import dev.tangram.schedule.route.ExpectedCost;
import dev.tangram.schedule.route.ExploitOrExplore;
import dev.tangram.schedule.route.LeastLoaded;
import dev.tangram.schedule.route.MatchThreshold;
import dev.tangram.schedule.route.RoundRobin;
import dev.tangram.schedule.route.Router;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Routers on a trace in virtual time, at several loads and numbers of replicas.
 *
 * <p>{@code RoutingTable TRACE [tune]}: constants are tuned on the first half of the trace's
 * requests ({@code tune} prints what each would reach there); what is reported is the second half,
 * with caches that are empty at its start.
 */
public final class RoutingTable {
  private static final int BLOCK_LENGTH = 16;
  private static final int SEQUENCES_MAX = 256;
  private static final int STEP_TOKENS_MAX = 2_048;
  private static final int CHIPS = 4;
  private static final Objective OBJECTIVE = new Objective(2, 0.1);
  private static final int[] REPLICAS = {4, 8};
  private static final int[] TUNED_ON = {4};

  /** Arrivals of the trace per second at four replicas, as a multiple of the recorded ones. */
  private static final double[] LOADS = {0.5, 0.75, 1};

  private static final int REPLICAS_RECORDED = 4;

  private static final double[] WEIGHTS_TRIED = {1, 2, 3, 5, 8};
  private static final int[] PRICES_TRIED = {0, 128, 256};

  private final ServedModel served;
  private final long cacheTokens;

  private RoutingTable() {
    Replica replica =
        new Replica(
            ModelCatalogue.shipped().find("Qwen3-32B").orElseThrow(),
            ChipCatalogue.shipped().find("H100").orElseThrow(),
            "any",
            Parallelism.tensor(CHIPS),
            WeightType.BF16,
            KvType.FP16);
    Roofline roofline = Roofline.of(replica);
    EngineLimits limits =
        EngineLimits.of(
            roofline, false, BLOCK_LENGTH, SEQUENCES_MAX, STEP_TOKENS_MAX, Long.MAX_VALUE);
    served =
        new ServedModel(
            "Qwen3-32B",
            new RooflineStep(roofline, Calibration.of(List.of()).constants(replica)),
            limits,
            0);
    cacheTokens = limits.cacheTokens();
  }

  public static void main(String[] args) throws IOException {
    if (args.length < 1 || args.length > 2 || args.length == 2 && !args[1].equals("tune")) {
      System.err.println("usage: routing TRACE [tune]");
      System.exit(2);
    }
    List<Request> all = Trace.read(Path.of(args[0])).requests();
    int middle = all.size() / 2;
    RoutingTable table = new RoutingTable();
    if (args.length == 2) {
      table.print("first half", all.subList(0, middle), TUNED_ON, table.tried());
    } else {
      table.print("second half", all.subList(middle, all.size()), REPLICAS, table.routers());
    }
  }

  private Map<String, Supplier<Router>> routers() {
    Map<String, Supplier<Router>> routers = new LinkedHashMap<>();
    routers.put("round robin", RoundRobin::new);
    routers.put("least loaded", LeastLoaded::new);
    routers.put("SGLang 0.5/64/1.5", () -> new MatchThreshold(0.5, 64, 1.5, cacheTokens));
    routers.put("Preble E2", () -> new ExploitOrExplore(256, cacheTokens));
    routers.put("Mooncake min TTFT", () -> ExpectedCost.firstTokenSoonest(cacheTokens));
    routers.put("Tangram", () -> ExpectedCost.tuned(cacheTokens));
    return routers;
  }

  private Map<String, Supplier<Router>> tried() {
    Map<String, Supplier<Router>> routers = new LinkedHashMap<>();
    for (double weight : WEIGHTS_TRIED) {
      for (int price : PRICES_TRIED) {
        routers.put(
            "weight %s price %d".formatted(weight, price),
            () -> new ExpectedCost(weight, price, cacheTokens));
      }
    }
    return routers;
  }

  private void print(
      String part,
      List<Request> requests,
      int[] replicaCounts,
      Map<String, Supplier<Router>> routers) {
    System.out.printf(
        "%s: %,d requests; Qwen3-32B BF16 on %d x H100 a replica, %,d cached tokens each,%n"
            + "cost model not calibrated; good: TTFT %s s, TPOT %s s; load: of the recorded one for %d%n",
        part,
        requests.size(),
        CHIPS,
        cacheTokens,
        OBJECTIVE.ttftSeconds(),
        OBJECTIVE.tpotSeconds(),
        REPLICAS_RECORDED);
    System.out.printf(
        "%8s %5s %-20s %7s %7s %7s %7s %6s %7s%n",
        "replicas", "load", "router", "TTFT", "p90", "p99", "TPOT99", "hits%", "good%");
    for (int replicas : replicaCounts) {
      for (double load : LOADS) {
        routers.forEach((name, router) -> line(requests, replicas, load, name, router));
      }
    }
  }

  private void line(
      List<Request> requests, int replicas, double load, String name, Supplier<Router> router) {
    // As many arrivals a replica whatever their number.
    Trace trace = faster(requests, load * replicas / REPLICAS_RECORDED);
    double seconds = trace.requests().getLast().arrivalNanos() / 1e9;
    Outcome outcome =
        Simulation.dedicated(List.of(served), new int[] {replicas}, router, OBJECTIVE)
            .run(trace.replay(seconds + 1), seconds, List.of());
    System.out.printf(
        "%8d %5s %-20s %7.2f %7.2f %7.2f %7.3f %6.1f %7.1f%n",
        replicas,
        load,
        name,
        outcome.ttftSeconds().mean(),
        outcome.ttftSeconds().p90(),
        outcome.ttftSeconds().p99(),
        outcome.tpotSeconds().p99(),
        100.0 * outcome.cachedTokens() / outcome.promptTokens(),
        100 * outcome.goodShare());
  }

  /** The same requests from 0 on, so many times as fast. */
  static Trace faster(List<Request> requests, double times) {
    long first = requests.getFirst().arrivalNanos();
    List<Request> moved = new ArrayList<>(requests.size());
    for (Request r : requests) {
      moved.add(
          new Request(
              (long) ((r.arrivalNanos() - first) / times),
              r.model(),
              r.promptTokens(),
              r.outputTokens(),
              r.prefix(),
              r.stretch()));
    }
    return new Trace(moved);
  }
}
