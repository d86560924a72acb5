package dev.tangram.fleet.sim;

import dev.tangram.schedule.route.Router;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Every host keeps its model; a router chooses among those of a model. */
final class Routed implements Dispatch {
  private final Simulation simulation;
  private final List<List<Host>> hosts = new ArrayList<>();
  private final List<Router> routers = new ArrayList<>();
  // By model: those that came while no replica of it was up.
  private final List<ArrayDeque<Ticket>> stranded = new ArrayList<>();

  Routed(Simulation simulation, int models, List<Host> hosts, Supplier<? extends Router> router) {
    this.simulation = simulation;
    for (int i = 0; i < models; i++) {
      int model = i;
      this.hosts.add(hosts.stream().filter(h -> h.model == model).toList());
      routers.add(router.get());
      stranded.add(new ArrayDeque<>());
    }
  }

  @Override
  public void arrived(Ticket ticket) {
    var request = ticket.request;
    List<Host> candidates = hosts.get(request.model());
    int chosen =
        routers
            .get(request.model())
            .choose(candidates, request.promptTokens(), request.prefix(), request.stretch());
    if (chosen == Router.NONE) {
      stranded.get(request.model()).add(ticket);
    } else {
      simulation.give(ticket, candidates.get(chosen));
    }
  }

  @Override
  public void ready(Host host) {
    ArrayDeque<Ticket> line = stranded.get(host.model);
    for (int i = line.size(); i > 0; i--) {
      arrived(line.removeFirst());
    }
  }

  @Override
  public void stepped(Host host, boolean left) {
    // Others were sent elsewhere when they came.
  }
}
