package dev.tangram.fleet.sim;

import dev.tangram.schedule.CacheScope;
import dev.tangram.schedule.Invariant;
import dev.tangram.schedule.Rejection;
import dev.tangram.schedule.Sequence;
import dev.tangram.schedule.admit.AdmissionQueue;
import dev.tangram.schedule.batch.BatchScheduler;
import dev.tangram.schedule.batch.StepPlan;
import dev.tangram.schedule.block.BlockLedger;
import dev.tangram.schedule.block.StateLedger;
import dev.tangram.schedule.route.ReplicaLoad;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Chips that hold one model at a time: the production schedulers, and what step is under way. */
final class Host implements ReplicaLoad {
  static final int NO_MODEL = -1;

  /** Tokens between the snapshots of a long prompt, in blocks. */
  private static final int SNAPSHOT_BLOCKS = 64;

  final int number;
  int model = NO_MODEL;
  boolean up;

  /** Counts deaths: a step that began before the last one never ends. */
  int epoch;

  /** Requests of the present group, if groups take turns here. */
  int started;

  StepPlan inFlight;
  long stepBegan;
  long busyNanos;

  /** Of the last step; 0 before the first. */
  long stepNanos;

  long preemptionsBefore;

  private ServedModel served;
  private AdmissionQueue queue;
  private BlockLedger ledger;
  private BatchScheduler scheduler;
  private int requests;
  private long promptTokensAhead;

  Host(int number) {
    this.number = number;
  }

  /** Takes another model, or the same with nothing cached; nothing may run. */
  void load(int model, ServedModel served) {
    checkEmpty();
    preemptionsBefore = preemptions();
    this.model = model;
    this.served = served;
    scheduler = null;
  }

  /** Ledgers are built for those who come: of many rarely used models most hold none. */
  private void build() {
    EngineLimits limits = served.limits();
    StateLedger states = null;
    if (limits.snapshots() != EngineLimits.NO_STATES) {
      states =
          new StateLedger(
              limits.batch().sequencesMax(),
              limits.snapshots(),
              limits.blockLength(),
              SNAPSHOT_BLOCKS * limits.blockLength());
    }
    queue = new AdmissionQueue(limits.admission());
    ledger = BlockLedger.withQuickKeys(limits.blocks(), limits.blockLength(), states, null);
    scheduler = new BatchScheduler(limits.batch(), ledger, queue);
  }

  Optional<Rejection> offer(Ticket ticket) {
    if (scheduler == null) {
      build();
    }
    var request = ticket.request;
    ticket.sequence =
        new Sequence(
            ticket.slot,
            CacheScope.LOCAL,
            request.prompt(ticket.number),
            request.outputTokens(),
            false,
            request.arrivalNanos());
    Optional<Rejection> rejection = queue.offer(ticket.sequence);
    if (rejection.isEmpty()) {
      requests++;
      promptTokensAhead += request.promptTokens();
    }
    return rejection;
  }

  BatchScheduler scheduler() {
    return scheduler;
  }

  StepTime steps() {
    return served.steps();
  }

  void firstToken(Ticket ticket) {
    promptTokensAhead -= ticket.request.promptTokens();
  }

  /** Ends a request's stay, wherever it is. */
  void retire(Ticket ticket) {
    Invariant.check(scheduler.retire(ticket.sequence), "%s is not here", ticket.sequence);
    requests--;
    if (ticket.firstNanos == Ticket.NEVER) {
      promptTokensAhead -= ticket.request.promptTokens();
    }
  }

  Collection<Sequence> running() {
    return scheduler.running();
  }

  Collection<Sequence> waitingLine() {
    return queue.waiting();
  }

  /** All that is here, those that run first. */
  List<Sequence> sequences() {
    List<Sequence> all = new ArrayList<>();
    if (scheduler != null) {
      all.addAll(scheduler.running());
      all.addAll(queue.waiting());
    }
    return all;
  }

  long preemptions() {
    return preemptionsBefore + (scheduler == null ? 0 : scheduler.preemptions());
  }

  /** Nobody is here, and every block and promise is back. */
  void checkEmpty() {
    if (scheduler == null) {
      return;
    }
    Invariant.check(
        requests == 0 && promptTokensAhead == 0 && inFlight == null,
        "host %d: %d requests, %d prompt tokens are still here",
        number,
        requests,
        promptTokensAhead);
    Invariant.check(
        queue.isEmpty() && scheduler.running().isEmpty() && ledger.held() == 0,
        "host %d: %d wait, %d run, %d blocks are held",
        number,
        queue.size(),
        scheduler.running().size(),
        ledger.held());
    ledger.check(List.of());
  }

  @Override
  public boolean accepts() {
    return up;
  }

  @Override
  public int requests() {
    return requests;
  }

  @Override
  public long promptTokensAhead() {
    return promptTokensAhead;
  }
}
