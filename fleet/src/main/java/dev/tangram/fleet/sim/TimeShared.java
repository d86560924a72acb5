package dev.tangram.fleet.sim;

import dev.tangram.schedule.Sequence;
import dev.tangram.schedule.pool.TurnTaking;
import java.util.ArrayList;
import java.util.List;

/**
 * Chips on which several models are under way at once and decode in turns. While it has no turn a
 * model's keys and values lie in the memory of the machine; moving them is part of a switch.
 */
final class TimeShared implements Dispatch {
  /** Before its first step, a model is taken to need this long for one. */
  private static final long STEP_GUESS = 20_000_000;

  /** One chip: a host for each model that was ever here, of which one has the turn. */
  private static final class Chip {
    final List<Host> lodgers = new ArrayList<>();
    Host active;
    long turnBegan;
    long turn;
  }

  private final Simulation simulation;
  private final TurnTaking turns;
  private final List<Chip> chips = new ArrayList<>();
  // By number of the host.
  private final List<Chip> chipOf = new ArrayList<>();
  private long[] dues = new long[8];
  private long[] steps = new long[8];
  private Host[] wanting = new Host[8];

  TimeShared(Simulation simulation, int chips, TurnTaking turns) {
    this.simulation = simulation;
    this.turns = turns;
    for (int i = 0; i < chips; i++) {
      this.chips.add(new Chip());
    }
  }

  @Override
  public void arrived(Ticket ticket) {
    int model = ticket.request.model();
    Chip chip = choose(model);
    simulation.give(ticket, lodger(chip, model));
    if (chip.active == null || (chip.active.up && chip.active.requests() == 0)) {
      change(chip);
    }
  }

  /** Where the model is under way already, or else where the fewest are. */
  private Chip choose(int model) {
    Chip best = null;
    int fewest = Integer.MAX_VALUE;
    for (Chip chip : chips) {
      int working = 0;
      for (Host host : chip.lodgers) {
        if (host.requests() > 0) {
          if (host.model == model) {
            return chip;
          }
          working++;
        }
      }
      // Among equals, one that has the model in its memory.
      boolean holds = chip.active != null && chip.active.model == model;
      if (working < fewest || (working == fewest && holds)) {
        fewest = working;
        best = chip;
      }
    }
    return best;
  }

  private Host lodger(Chip chip, int model) {
    for (Host host : chip.lodgers) {
      if (host.model == model) {
        return host;
      }
    }
    Host host = simulation.lodger(model);
    chip.lodgers.add(host);
    chipOf.add(chip);
    return host;
  }

  @Override
  public void ready(Host host) {
    begin(chipOf.get(host.number));
  }

  @Override
  public void stepped(Host host, boolean left) {
    Chip chip = chipOf.get(host.number);
    if (host.requests() == 0 || simulation.now() - chip.turnBegan >= chip.turn) {
      change(chip);
    }
  }

  /** The chip's next turn. */
  private void change(Chip chip) {
    int count = wanting(chip);
    for (int i = 0; i < count; i++) {
      dues[i] = due(wanting[i]);
    }
    int next = turns.next(dues, count);
    if (next < 0) {
      return;
    }
    Host host = wanting[next];
    if (host == chip.active) {
      begin(chip);
      return;
    }
    if (chip.active != null) {
      chip.active.up = false;
    }
    chip.active = host;
    simulation.wake(host);
  }

  private void begin(Chip chip) {
    int count = wanting(chip);
    int own = 0;
    for (int i = 0; i < count; i++) {
      steps[i] = wanting[i].stepNanos == 0 ? STEP_GUESS : wanting[i].stepNanos;
      own = wanting[i] == chip.active ? i : own;
    }
    chip.turnBegan = simulation.now();
    chip.turn = count == 0 ? 0 : turns.turn(own, steps, count);
  }

  private int wanting(Chip chip) {
    if (wanting.length < chip.lodgers.size()) {
      int length = 2 * chip.lodgers.size();
      wanting = new Host[length];
      dues = new long[length];
      steps = new long[length];
    }
    int count = 0;
    for (Host host : chip.lodgers) {
      if (host.requests() > 0) {
        wanting[count++] = host;
      }
    }
    return count;
  }

  private long due(Host host) {
    long earliest = Long.MAX_VALUE;
    for (Sequence sequence : host.running()) {
      earliest = Math.min(earliest, turns.due(sequence.arrivedNanos(), sequence.made()));
    }
    for (Sequence sequence : host.waitingLine()) {
      earliest = Math.min(earliest, turns.due(sequence.arrivedNanos(), sequence.made()));
    }
    return earliest;
  }
}
