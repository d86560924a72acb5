package dev.tangram.lab.place;

import dev.tangram.schedule.place.Demand;
import dev.tangram.schedule.place.DemandMix;
import dev.tangram.schedule.place.Node;
import dev.tangram.schedule.place.Request;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPInputStream;

/** Alibaba's openb trace of 2023: a cluster's nodes with chips, and pods. See SOURCE.txt. */
record Openb(String name, List<Node> nodes, List<Request> pods) {

  /**
   * @param nodes the first of equal nodes is to win
   */
  record Arrivals(List<Request> pods, List<Node> nodes) {}

  static Openb read(String trace) throws IOException {
    List<Node> nodes = new ArrayList<>();
    for (String[] row : rows("openb_node_list_gpu_node")) {
      nodes.add(
          new Node(
              row[0],
              row[4],
              Integer.parseInt(row[3]),
              Integer.parseInt(row[1]),
              Integer.parseInt(row[2])));
    }
    List<Request> pods = new ArrayList<>();
    for (String[] row : rows("openb_pod_list_" + trace)) {
      int chips = Integer.parseInt(row[3]);
      pods.add(
          new Request(
              row[0],
              new Demand(
                  Integer.parseInt(row[1]),
                  Integer.parseInt(row[2]),
                  chips,
                  chips == 0 ? 0 : Integer.parseInt(row[4]),
                  row[5].isEmpty() ? Set.of() : Set.copyOf(List.of(row[5].split("\\|"))))));
    }
    pods.sort(Comparator.comparing(Request::name));
    return new Openb(trace, List.copyOf(nodes), List.copyOf(pods));
  }

  private static List<String[]> rows(String file) throws IOException {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Openb.class.getResourceAsStream(file + ".csv.gz")),
                StandardCharsets.UTF_8))) {
      return lines.lines().skip(1).map(line -> line.split(",", -1)).toList();
    }
  }

  long milliInAll() {
    return nodes.stream().mapToLong(node -> (long) node.chips() * Node.WHOLE).sum();
  }

  /**
   * The authors' arrivals: every pod of the trace once, shuffled, then pods drawn at random until
   * they want {@code percent} of the chips. Nobody leaves.
   */
  Arrivals arrivals(long seed, int percent) {
    GoRandom random = new GoRandom(seed);
    random.int63(); // The authors' program logs one number after seeding.
    int[] order = new int[pods.size()];
    for (int i = 0; i < order.length; i++) {
      order[i] = i;
    }
    random.shuffle(order);
    List<Request> arrivals = new ArrayList<>();
    long milli = 0;
    for (int index : order) {
      arrivals.add(pods.get(index));
      milli += pods.get(index).demand().milli();
    }
    double target = percent / 100.0 * milliInAll();
    while (true) {
      Request pod = pods.get(random.intn(pods.size()));
      // As published, the limit is checked with the share of one chip and kept with all of them.
      if (milli + pod.demand().chipMilli() > target) {
        return new Arrivals(arrivals, shuffled(random));
      }
      milli += pod.demand().milli();
      arrivals.add(pod);
    }
  }

  /** Equal nodes go by name in the authors' scheduler; so the names get numbers by chance. */
  private List<Node> shuffled(GoRandom random) {
    Node[] shuffled = new Node[nodes.size()];
    int[] places = random.permutation(nodes.size());
    for (int i = 0; i < places.length; i++) {
      shuffled[places[i]] = nodes.get(i);
    }
    return List.of(shuffled);
  }

  /** What is asked for how often. */
  DemandMix mix() {
    return DemandMix.of(pods.stream().map(Request::demand).toList());
  }

  /** What FGD's authors let it know: popularity of sizes in the whole trace, memory left out. */
  List<Demand> demandsWithoutMemory() {
    List<Demand> demands = new ArrayList<>();
    for (Request pod : pods) {
      Demand demand = pod.demand();
      demands.add(
          new Demand(demand.cpuMilli(), 0, demand.chips(), demand.chipMilli(), demand.chipTypes()));
    }
    return demands;
  }
}
