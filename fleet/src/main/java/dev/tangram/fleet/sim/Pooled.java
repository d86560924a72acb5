package dev.tangram.fleet.sim;

import dev.tangram.schedule.pool.GroupSwitching;
import java.util.List;

/** All hosts serve all models, one at a time each. */
final class Pooled implements Dispatch {
  private final Simulation simulation;
  private final List<Host> hosts;
  private final GroupSwitching switching;

  Pooled(Simulation simulation, int models, List<Host> hosts, int groupMax) {
    this.simulation = simulation;
    this.hosts = hosts;
    this.switching = new GroupSwitching(models, groupMax);
  }

  @Override
  public void arrived(Ticket ticket) {
    int model = ticket.request.model();
    switching.offer(model, ticket.slot);
    for (Host host : hosts) {
      if (host.model == model && host.requests() > 0) {
        fill(host);
      }
    }
    // One that holds the model already is worth more than one that must switch.
    for (Host host : hosts) {
      if (switching.waiting() > 0 && host.up && host.requests() == 0 && host.model == model) {
        begin(host);
      }
    }
    for (Host host : hosts) {
      if (switching.waiting() > 0 && host.up && host.requests() == 0) {
        begin(host);
      }
    }
  }

  @Override
  public void ready(Host host) {
    if (host.requests() == 0) {
      begin(host);
    }
  }

  @Override
  public void stepped(Host host, boolean left) {
    if (left && host.requests() == 0) {
      begin(host);
    }
  }

  /** The next group on a host that has nothing to do. */
  private void begin(Host host) {
    int model = switching.next();
    // Again if all of a group were refused.
    while (model != GroupSwitching.NONE && host.up && host.requests() == 0) {
      host.started = 0;
      if (host.model != model) {
        simulation.replace(host, model);
      }
      // The group is taken before the switch ends, or the next idle host would switch for it too.
      fill(host);
      model = switching.next();
    }
  }

  private void fill(Host host) {
    int slot = switching.take(host.model, host.started);
    while (slot != GroupSwitching.NONE) {
      host.started++;
      simulation.give(simulation.ticket(slot), host);
      slot = switching.take(host.model, host.started);
    }
  }
}
