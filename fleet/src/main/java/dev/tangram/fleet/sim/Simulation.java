package dev.tangram.fleet.sim;

import dev.tangram.fleet.workload.Request;
import dev.tangram.fleet.workload.Workload;
import dev.tangram.schedule.Invariant;
import dev.tangram.schedule.Sequence;
import dev.tangram.schedule.batch.StepPlan;
import dev.tangram.schedule.pool.TurnTaking;
import dev.tangram.schedule.route.Router;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Runs a workload on a fleet in virtual time, until every request has ended. The schedulers are
 * those of {@code dev.tangram.schedule}, one set per replica; only the time that a step takes comes
 * from {@link StepTime}.
 *
 * <p>Deterministic: things happen in order of time, and at one time in the order in which they came
 * about. For one run only. Threads: one.
 */
public final class Simulation {
  private static final int ARRIVAL = 0;
  private static final int STEP_END = 1;
  private static final int READY = 2;
  private static final int DEATH = 3;

  /** A stretch of the timeline. */
  private static final int STRETCHES = 120;

  private static final int TOKEN = 1;

  private final List<ServedModel> models;
  private final List<Host> hosts = new ArrayList<>();
  private final EventQueue events = new EventQueue();
  private final Tickets tickets = new Tickets();
  private final Tally tally;
  // Hosts that run at once; 0: all.
  private int chips;
  private Dispatch dispatch;
  private Timeline timeline;
  private Workload workload;
  private Request arriving;
  private long now;

  private Simulation(List<ServedModel> models, Objective objective) {
    this.models = List.copyOf(models);
    this.tally = new Tally(objective, models.size());
  }

  /**
   * Every model has replicas of its own, which have started already.
   *
   * @param replicas of each model
   * @param router makes the one that each model's requests go through
   */
  public static Simulation dedicated(
      List<ServedModel> models,
      int[] replicas,
      Supplier<? extends Router> router,
      Objective objective) {
    Simulation simulation = new Simulation(models, objective);
    for (int model = 0; model < replicas.length; model++) {
      for (int i = 0; i < replicas[model]; i++) {
        Host host = simulation.host();
        host.load(model, models.get(model));
      }
    }
    simulation.dispatch = new Routed(simulation, models.size(), simulation.hosts, router);
    return simulation;
  }

  /**
   * All models share hosts that hold one of them at a time, none at first.
   *
   * @param groupMax requests that a model may start on a host while others wait
   */
  public static Simulation pooled(
      List<ServedModel> models, int hosts, int groupMax, Objective objective) {
    Simulation simulation = new Simulation(models, objective);
    for (int i = 0; i < hosts; i++) {
      simulation.host();
    }
    simulation.dispatch = new Pooled(simulation, models.size(), simulation.hosts, groupMax);
    return simulation;
  }

  /**
   * All models share chips on which they decode in turns, so that several are under way on each.
   * Replicas do not die here.
   */
  public static Simulation timeShared(
      List<ServedModel> models, int chips, TurnTaking turns, Objective objective) {
    Simulation simulation = new Simulation(models, objective);
    simulation.chips = chips;
    simulation.dispatch = new TimeShared(simulation, chips, turns);
    return simulation;
  }

  private Host host() {
    Host host = new Host(hosts.size());
    host.up = true;
    hosts.add(host);
    return host;
  }

  /**
   * Runs to the end.
   *
   * @param seconds that the workload lasts, for the timeline's scale
   */
  public Outcome run(Workload workload, double seconds, List<Outage> outages) {
    Invariant.check(this.workload == null, "a simulation runs once");
    Invariant.check(outages.isEmpty() || chips == 0, "replicas that take turns do not die");
    this.workload = workload;
    timeline = new Timeline(seconds / STRETCHES);
    for (Outage outage : outages) {
      Invariant.check(
          outage.replica() < hosts.size(), "replica %d of %d dies", outage.replica(), hosts.size());
      events.add(outage.atNanos(), event(DEATH, outage.replica(), 0));
    }
    awaitArrival();
    while (!events.isEmpty()) {
      if (arriving == null && tickets.open() == 0) {
        // Only starts, and deaths that nobody would notice, are still to come.
        break;
      }
      now = events.time();
      happen(events.take());
    }
    Invariant.check(tickets.open() == 0, "%d requests never ended", tickets.open());
    hosts.forEach(Host::checkEmpty);
    return tally.outcome(
        now,
        tickets.opened(),
        hosts.stream().mapToLong(Host::preemptions).sum(),
        hosts.stream().mapToDouble(host -> host.busyNanos).sum(),
        (double) (chips == 0 ? hosts.size() : chips) * now);
  }

  /** What happened when; complete after the run. */
  public Timeline timeline() {
    return timeline;
  }

  private static long event(int kind, int host, int epoch) {
    return (long) kind << 60 | (long) host << 32 | epoch;
  }

  private void happen(long event) {
    tally.events++;
    int kind = (int) (event >>> 60);
    if (kind == ARRIVAL) {
      arrive();
      return;
    }
    Host host = hosts.get((int) (event >>> 32) & 0xFFF_FFFF);
    if (kind == DEATH) {
      die(host);
    } else if ((int) event == host.epoch) {
      // Otherwise it died before.
      if (kind == STEP_END) {
        endStep(host);
      } else {
        host.up = true;
        dispatch.ready(host);
        beginStep(host);
      }
    }
  }

  private void awaitArrival() {
    Optional<Request> next = workload.next();
    arriving = next.orElse(null);
    next.ifPresent(request -> events.add(request.arrivalNanos(), event(ARRIVAL, 0, 0)));
  }

  private void arrive() {
    Invariant.check(
        arriving.model() < models.size(),
        "request for model %d of %d",
        arriving.model(),
        models.size());
    Ticket ticket = tickets.open(arriving);
    tally.arrived(arriving.model(), now);
    timeline.arrived(now, tickets.open());
    dispatch.arrived(ticket);
    awaitArrival();
  }

  Ticket ticket(int slot) {
    return tickets.at(slot);
  }

  /** Puts a request into a host's line. */
  void give(Ticket ticket, Host host) {
    if (host.offer(ticket).isPresent()) {
      tally.refused(ticket, now);
      tickets.close(ticket);
    } else {
      beginStep(host);
    }
  }

  /** Begins to put another model on a host where nothing runs. */
  void replace(Host host, int model) {
    host.load(model, models.get(model));
    host.up = false;
    tally.switches++;
    events.add(now + models.get(model).loadNanos(), event(READY, host.number, host.epoch));
  }

  /** A host that waits for its turn. */
  Host lodger(int model) {
    Host host = host();
    host.up = false;
    host.load(model, models.get(model));
    return host;
  }

  /** Begins to bring a model back to its chip. */
  void wake(Host host) {
    tally.switches++;
    events.add(now + models.get(host.model).loadNanos(), event(READY, host.number, host.epoch));
  }

  long now() {
    return now;
  }

  private void beginStep(Host host) {
    if (!host.up || host.inFlight != null || host.requests() == 0) {
      return;
    }
    StepPlan plan = host.scheduler().plan(now);
    Invariant.check(!plan.isEmpty(), "host %d has requests and nothing to do", host.number);
    int decodes = 0;
    long decodeContext = 0;
    int promptTokens = 0;
    double promptContext = 0;
    List<StepPlan.Work> work = plan.work();
    for (int i = 0; i < work.size(); i++) {
      StepPlan.Work one = work.get(i);
      if (one.count() == TOKEN && one.samples()) {
        decodes++;
        decodeContext += one.position() + 1;
      } else {
        promptTokens += one.count();
        promptContext += one.count() * (one.position() + one.count() / 2.0);
      }
    }
    long nanos =
        host.steps()
            .nanos(
                decodes,
                decodes == 0 ? 0 : (double) decodeContext / decodes,
                promptTokens,
                promptTokens == 0 ? 0 : promptContext / promptTokens);
    Invariant.check(nanos > 0, "a step of %d ns", nanos);
    tally.steps++;
    tally.sequenceSteps += work.size();
    tally.readTokens += promptTokens;
    host.inFlight = plan;
    host.stepNanos = nanos;
    host.stepBegan = now;
    events.add(now + nanos, event(STEP_END, host.number, host.epoch));
  }

  private void endStep(Host host) {
    StepPlan plan = host.inFlight;
    host.inFlight = null;
    host.busyNanos += now - host.stepBegan;
    host.scheduler().ran(plan);
    int tokens = 0;
    boolean left = false;
    List<StepPlan.Work> work = plan.work();
    for (int i = 0; i < work.size(); i++) {
      if (work.get(i).samples()) {
        tokens++;
        left |= token(host, work.get(i).sequence());
      }
    }
    timeline.tokens(now, tokens, tickets.open());
    dispatch.stepped(host, left);
    beginStep(host);
  }

  /** A sequence makes its next token; true if that was its last. */
  private boolean token(Host host, Sequence sequence) {
    Ticket ticket = tickets.at((int) sequence.id());
    // Like no other's, as its prompt is where the trace tells nothing.
    sequence.append(-1 - ticket.number);
    if (ticket.firstNanos == Ticket.NEVER) {
      ticket.firstNanos = now;
      host.firstToken(ticket);
    }
    if (sequence.made() < sequence.tokensMax()) {
      return false;
    }
    host.retire(ticket);
    tally.finished(ticket, now);
    tickets.close(ticket);
    return true;
  }

  private void die(Host host) {
    if (!host.up) {
      return;
    }
    host.up = false;
    host.epoch++;
    if (host.inFlight != null) {
      host.busyNanos += now - host.stepBegan;
      host.inFlight = null;
    }
    List<Ticket> homeless = new ArrayList<>();
    for (Sequence sequence : host.sequences()) {
      Ticket ticket = tickets.at((int) sequence.id());
      tally.lostTokens += sequence.made();
      host.retire(ticket);
      ticket.firstNanos = Ticket.NEVER;
      homeless.add(ticket);
    }
    if (host.model != Host.NO_MODEL) {
      ServedModel again = models.get(host.model);
      host.load(host.model, again);
      events.add(now + again.loadNanos(), event(READY, host.number, host.epoch));
    } else {
      host.up = true;
    }
    tally.retried += homeless.size();
    homeless.forEach(dispatch::arrived);
  }
}
