package dev.tangram.fleet.day;

import dev.tangram.fleet.plan.Fleet;
import dev.tangram.fleet.plan.Pool;
import dev.tangram.fleet.plan.Room;
import dev.tangram.schedule.place.ChipLedger;
import dev.tangram.schedule.place.Decision;
import dev.tangram.schedule.place.Demand;
import dev.tangram.schedule.place.DemandMix;
import dev.tangram.schedule.place.Holding;
import dev.tangram.schedule.place.Labelled;
import dev.tangram.schedule.place.Node;
import dev.tangram.schedule.place.Placement;
import dev.tangram.schedule.place.Request;
import dev.tangram.schedule.place.RoomPower;
import dev.tangram.schedule.place.Rule;
import dev.tangram.schedule.place.StrandingGradient;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Puts a plan's replicas on the hall's servers, by the production placement, and goes through a day
 * on which servers fail and come back.
 */
final class Upkeep {
  private static final double DAY = 86_400;
  private static final double HOUR = 3600;
  private static final String POOL = "pool";

  private final List<Group> groups;
  private final DayOptions options;
  private final Placement placement;
  private final boolean[] down;
  private final List<Rule> rules;
  private final List<Incident> incidents = new ArrayList<>();
  private final List<Unplaced> unplaced = new ArrayList<>();
  // By group and hour: replica seconds that were lost.
  private final double[][] lost;
  // By server: what holds its chips.
  private final Map<Integer, List<Placed>> here = new HashMap<>();
  private final List<Waiting> waiting = new ArrayList<>();
  private int failures;

  /** A replica that has no place from the start. */
  record Unplaced(int group, String why) {}

  private record Placed(int group, Holding holding) {}

  private record Waiting(int group, double since, String server, String why) {}

  private record Event(double at, int node, boolean repair) {}

  Upkeep(Fleet fleet, List<Group> groups, DayOptions options) {
    this.groups = groups;
    this.options = options;
    this.lost = new double[groups.size()][DayShape.HOURS];
    ChipLedger ledger = new ChipLedger(nodes(fleet));
    this.down = new boolean[ledger.nodes()];
    List<Demand> demands = groups.stream().map(Upkeep::demand).toList();
    this.placement = new Placement(ledger, new StrandingGradient(DemandMix.of(demands), ledger, 0));
    Map<String, Long> caps = new HashMap<>();
    for (Room room : fleet.rooms()) {
      room.watts().ifPresent(watts -> caps.put(room.name(), (long) watts));
    }
    this.rules = List.of(new Up(down), new RoomPower(caps));
  }

  /** A server that failed takes nobody. */
  private record Up(boolean[] down) implements Rule {
    @Override
    public String name() {
      return "server down";
    }

    @Override
    public boolean admits(ChipLedger ledger, int node, Demand demand) {
      return !down[node];
    }

    @Override
    public String wish(ChipLedger ledger, int node, Demand demand) {
      return "server %s repaired".formatted(ledger.node(node).name());
    }
  }

  private static List<Node> nodes(Fleet fleet) {
    List<Node> nodes = new ArrayList<>();
    for (Pool pool : fleet.pools()) {
      for (int i = 0; i < pool.servers(); i++) {
        Map<String, String> labels =
            Map.of(
                POOL,
                pool.name(),
                Node.ROOM,
                pool.room().name(),
                Node.ORIGIN,
                pool.chip().origin());
        nodes.add(
            new Node(
                pool.name() + "-" + i,
                pool.chip().id(),
                pool.chipsPerServer(),
                0,
                (int) Math.round(pool.watts()),
                0,
                0,
                labels));
      }
    }
    return nodes;
  }

  private static Demand demand(Group group) {
    var choice = group.part().choice();
    return new Demand(0, 0, choice.chips(), Node.WHOLE, Set.of(choice.pool().chip().id()));
  }

  /** Goes through the day. */
  void run() {
    List<Integer> largestFirst = new ArrayList<>();
    for (int g = 0; g < groups.size(); g++) {
      largestFirst.add(g);
    }
    largestFirst.sort(
        Comparator.comparingInt((Integer g) -> -groups.get(g).part().choice().chips()));
    for (int g : largestFirst) {
      for (long i = 0; i < groups.get(g).part().replicas(); i++) {
        if (place(g, true) instanceof Decision.Refused refused) {
          unplaced.add(new Unplaced(g, refused.explain()));
          lose(g, 0, DAY);
        }
      }
    }
    PriorityQueue<Event> events =
        new PriorityQueue<>(Comparator.comparingDouble(Event::at).thenComparing(Event::node));
    SplittableRandom random = new SplittableRandom(options.seed());
    for (int node = 0; node < down.length; node++) {
      double at = gap(random);
      if (at < DAY) {
        events.add(new Event(at, node, false));
      }
    }
    while (!events.isEmpty()) {
      Event event = events.remove();
      if (event.repair()) {
        down[event.node()] = false;
        retry(event.at());
        double next = event.at() + gap(random);
        if (next < DAY) {
          events.add(new Event(next, event.node(), false));
        }
      } else {
        fail(event);
        double back = event.at() + options.repairHours() * HOUR;
        if (back < DAY) {
          events.add(new Event(back, event.node(), true));
        }
      }
    }
    for (Waiting one : waiting) {
      lose(one.group(), one.since(), DAY);
      incidents.add(
          new Incident(
              one.since(), one.group(), one.server(), "", Double.POSITIVE_INFINITY, one.why()));
    }
    placement.ledger().check();
  }

  /** Seconds until a server fails. */
  private double gap(SplittableRandom random) {
    return -Math.log(1 - random.nextDouble()) * options.failureDays() * DAY;
  }

  private void fail(Event event) {
    failures++;
    down[event.node()] = true;
    String server = placement.ledger().node(event.node()).name();
    List<Placed> gone = here.getOrDefault(event.node(), List.of());
    here.remove(event.node());
    gone.forEach(one -> placement.release(one.holding()));
    for (Placed one : gone) {
      seek(new Waiting(one.group(), event.at(), server, ""), event.at());
    }
  }

  private void retry(double now) {
    List<Waiting> before = List.copyOf(waiting);
    waiting.clear();
    before.forEach(one -> seek(one, now));
  }

  /** Gives a lost replica another place, or lets it wait. */
  private void seek(Waiting one, double now) {
    switch (place(one.group(), false)) {
      case Decision.Placed placed -> {
        double up = Math.min(DAY, now + groups.get(one.group()).loadSeconds(options));
        lose(one.group(), one.since(), up);
        incidents.add(
            new Incident(
                one.since(), one.group(), one.server(), placed.node().name(), up, one.why()));
      }
      case Decision.Refused refused -> {
        String why = one.why().isEmpty() ? refused.explain() : one.why();
        waiting.add(new Waiting(one.group(), one.since(), one.server(), why));
      }
    }
  }

  /**
   * @param planned only on the pool that the plan says; later any chips of the kind will do
   */
  private Decision place(int g, boolean planned) {
    Group group = groups.get(g);
    var choice = group.part().choice();
    List<Rule> all = new ArrayList<>(rules);
    if (planned) {
      all.add(new Labelled(POOL, Set.of(choice.pool().name()), "the plan"));
    }
    Request request = new Request(choice.demand().name(), "group-" + g, demand(group), all);
    Decision decision = placement.decide(request);
    if (decision instanceof Decision.Placed placed) {
      here.computeIfAbsent(placed.holding().node(), _ -> new ArrayList<>())
          .add(new Placed(g, placed.holding()));
    }
    return decision;
  }

  private void lose(int group, double from, double to) {
    for (int hour = (int) (from / HOUR); hour < DayShape.HOURS; hour++) {
      double begin = Math.max(from, hour * HOUR);
      double end = Math.min(to, (hour + 1) * HOUR);
      if (end <= begin) {
        break;
      }
      lost[group][hour] += end - begin;
    }
  }

  /** Mean share of a group's replicas that were up, by hour. */
  double[] up(int group) {
    double[] up = new double[DayShape.HOURS];
    double all = groups.get(group).part().replicas() * HOUR;
    for (int hour = 0; hour < up.length; hour++) {
      up[hour] = 1 - lost[group][hour] / all;
    }
    return up;
  }

  /** Servers that failed. */
  int failures() {
    return failures;
  }

  /** In order of time. */
  List<Incident> incidents() {
    List<Incident> sorted = new ArrayList<>(incidents);
    sorted.sort(Comparator.comparingDouble(Incident::atSeconds));
    return sorted;
  }

  List<Unplaced> unplaced() {
    return List.copyOf(unplaced);
  }
}
