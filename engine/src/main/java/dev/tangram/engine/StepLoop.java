package dev.tangram.engine;

import dev.tangram.engine.model.Batch;
import dev.tangram.engine.model.Draft;
import dev.tangram.engine.model.Model;
import dev.tangram.kernel.KvMemory;
import dev.tangram.kernel.Span;
import dev.tangram.kernel.StateMemory;
import dev.tangram.kernel.Workers;
import dev.tangram.schedule.FinishReason;
import dev.tangram.schedule.admit.AdmissionQueue;
import dev.tangram.schedule.batch.BatchScheduler;
import dev.tangram.schedule.batch.Settlement;
import dev.tangram.schedule.batch.StepPlan;
import dev.tangram.schedule.block.BlockLedger;
import dev.tangram.schedule.block.StateOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The thread that owns the scheduler, the ledger, KV and state memory: it plans a step, runs the
 * model over it, samples and hands tokens on. It touches no socket and no file.
 *
 * <p>Threads: the door's lock guards the waiting line and the list of sequences that are in it; the
 * running sequences belong to the loop alone.
 */
final class StepLoop implements Runnable, Door.Owner<StepPlan> {
  private static final Logger LOG = Logger.getLogger(StepLoop.class.getName());

  private final Model model;
  private final KvMemory kv;
  // Null if the model has no recurrent layers.
  private final StateMemory states;
  private final BlockLedger ledger;
  private final BatchScheduler scheduler;
  private final AdmissionQueue queue;
  private final Workers workers;
  private final float[] logits;
  private final int vocabulary;
  private final int stepTokensMax;
  // Null if the model has no head, or nobody wants it.
  private HeadGuesses head;
  // Made by the first step that wants it.
  private float[] hidden;

  private final Door<Active> door;
  private volatile EngineStats stats;
  private long promptTokens;
  private long completionTokens;
  private long steps;
  private long drafts;
  private long draftTokens;
  private long acceptedTokens;

  StepLoop(
      Model model,
      KvMemory kv,
      StateMemory states,
      BlockLedger ledger,
      BatchScheduler scheduler,
      AdmissionQueue queue,
      Workers workers,
      int logitRowsMax,
      int stepTokensMax) {
    this.model = model;
    this.kv = kv;
    this.states = states;
    this.ledger = ledger;
    this.scheduler = scheduler;
    this.queue = queue;
    this.door = new Door<>(queue, Active::sequence);
    this.workers = workers;
    this.vocabulary = model.shape().vocabulary();
    this.logits = new float[Math.multiplyExact(logitRowsMax, vocabulary)];
    this.stepTokensMax = stepTokensMax;
    publishStats();
  }

  /** Before the loop starts: the model's head guesses tokens below {@code drawable}. */
  void guessBy(Draft draft, int drawable) {
    head = new HeadGuesses(draft, kv, model.shape(), drawable, logits, stepTokensMax);
  }

  /** Where sequences come in. */
  Door<Active> door() {
    return door;
  }

  EngineStats stats() {
    EngineStats last = stats;
    int[] waiting = new int[1];
    // The line grows between steps too.
    door.underLock(() -> waiting[0] = queue.size());
    return last.withWaiting(waiting[0]);
  }

  @Override
  public void run() {
    door.run(this);
  }

  @Override
  public StepPlan plan() {
    StepPlan plan = scheduler.plan(System.nanoTime());
    if (plan.isEmpty()) {
      ledger.check(scheduler.running());
      publishStats();
      return null;
    }
    return plan;
  }

  @Override
  public void cancelled() {
    for (Active active : door.entries()) {
      if (active.mailbox().isCancelled()) {
        retire(active, FinishReason.CANCELLED, null);
      }
    }
  }

  @Override
  public void step(StepPlan plan) {
    long start = System.nanoTime();
    List<Active> members = members(plan);
    members.forEach(active -> active.started(start));
    StepLayout layout = StepLayout.of(plan, members, states != null, head != null);
    Batch batch = layout.batch();
    List<int[]> rows = layout.rows();
    try {
      startStates(plan);
      boolean read = head != null || members.stream().anyMatch(Active::wantsHidden);
      boolean drawn = !members.stream().allMatch(Active::wantsHidden);
      model.forward(batch, kv, states, drawn ? logits : null, read ? hidden() : null);
      keepStates(plan);
      workers.run(members.size(), i -> readLogits(plan.work().get(i), members.get(i), rows.get(i)));
    } catch (RuntimeException failed) {
      LOG.log(Level.SEVERE, "a step failed", failed);
      door.underLock(
          () ->
              members.forEach(
                  a -> retire(a, FinishReason.ERROR, "the engine failed in this step")));
      return;
    }
    List<Settlement> settlements = new ArrayList<>();
    door.underLock(() -> settlements.addAll(conclude(plan, members)));
    settle(plan, batch, settlements);
    guess(plan, members, batch);
  }

  /** Puts the state of every sequence that ran guesses after the last right one. */
  private void settle(StepPlan plan, Batch batch, List<Settlement> settlements) {
    List<Span> again = new ArrayList<>();
    for (Settlement settlement : settlements) {
      if (settlement.again() > 0) {
        Span ran = batch.spans().get(plan.work().indexOf(settlement.work()));
        again.add(
            new Span(
                ran.row(),
                settlement.again(),
                ran.position(),
                ran.blocks(),
                ran.windows(),
                settlement.slot()));
      }
      if (settlement.to() != StateOrder.NOTHING) {
        states.copy(settlement.slot(), settlement.to());
      }
    }
    if (!again.isEmpty()) {
      model.again(again, states);
    }
  }

  /** Proposes tokens to the sequences that go on decoding. */
  private void guess(StepPlan plan, List<Active> members, Batch batch) {
    List<Active> decoding = members.stream().filter(Active::decodes).toList();
    int others = decoding.size() - 1;
    for (Active active : decoding) {
      if (active.guesses() != null) {
        active.guesses().fromText(others);
      }
    }
    if (head != null) {
      try {
        head.follow(plan, members, batch.spans(), hidden, others);
      } catch (RuntimeException failed) {
        // What it wrote are guesses: without it everything goes on.
        LOG.log(Level.SEVERE, "the prediction head failed and is not used any more", failed);
        head = null;
      }
    }
  }

  /** Puts every sequence's state where its tokens of this step begin. */
  private void startStates(StepPlan plan) {
    for (StepPlan.Work part : plan.work()) {
      StateOrder order = part.state();
      if (order.from() == StateOrder.CLEAR) {
        states.clear(order.slot());
      } else if (order.from() != StateOrder.NOTHING) {
        states.copy(order.from(), order.slot());
      }
    }
  }

  private void keepStates(StepPlan plan) {
    for (StepPlan.Work part : plan.work()) {
      StateOrder order = part.state();
      if (order.to() != StateOrder.NOTHING) {
        states.copy(order.slot(), order.to());
      }
    }
  }

  private List<Active> members(StepPlan plan) {
    List<Active> members = new ArrayList<>();
    door.underLock(() -> plan.work().forEach(w -> members.add(door.entry(w.sequence()))));
    return members;
  }

  private void readLogits(StepPlan.Work part, Active active, int[] rows) {
    if (active.scoresPrompt() && part.sequence().made() == 0) {
      for (int j = 0; j < rows.length; j++) {
        active.scorePrompt(logits, rows[j] * vocabulary, part.position() + j);
      }
    }
    if (part.samples() && active.reads()) {
      int row = rows[rows.length - 1];
      active.read(logits, row * vocabulary, hidden, row, model.shape().width());
    } else if (part.samples()) {
      int first = rows[rows.length - 1 - part.drafts()];
      active.draw(logits, first * vocabulary, vocabulary, part.drafts());
    }
  }

  private float[] hidden() {
    if (hidden == null) {
      int rows = Math.max(stepTokensMax, logits.length / vocabulary);
      hidden = new float[rows * model.shape().width()];
    }
    return hidden;
  }

  private List<Settlement> conclude(StepPlan plan, List<Active> members) {
    long now = System.nanoTime();
    steps++;
    FinishReason[] reasons = new FinishReason[members.size()];
    for (int i = 0; i < reasons.length; i++) {
      StepPlan.Work part = plan.work().get(i);
      Active active = members.get(i);
      if (part.position() + part.count() <= part.sequence().promptLength()) {
        promptTokens += part.count();
      }
      if (part.samples()) {
        int before = part.sequence().made();
        reasons[i] = active.deliver(now);
        int made = part.sequence().made() - before;
        completionTokens += made;
        if (part.drafts() > 0) {
          count(active, part.drafts(), Math.max(made - 1, 0));
        }
      }
    }
    List<Settlement> settlements = scheduler.ran(plan);
    for (int i = 0; i < reasons.length; i++) {
      if (reasons[i] != null) {
        boolean failed = reasons[i] == FinishReason.ERROR;
        retire(
            members.get(i),
            reasons[i],
            failed ? "the model gave logits that are not finite" : null);
      }
    }
    publishStats();
    return settlements;
  }

  private void count(Active active, int ran, int kept) {
    drafts++;
    draftTokens += ran;
    acceptedTokens += kept;
    active.guesses().saw(ran, kept);
  }

  /** The one way out of the engine. */
  private void retire(Active active, FinishReason reason, String error) {
    if (door.leave(active.sequence())) {
      scheduler.retire(active.sequence());
      // Whoever reads the last event finds the blocks free in the stats.
      publishStats();
      active.finish(reason, error, System.nanoTime());
    }
  }

  @Override
  public void ended(FinishReason reason) {
    String error = reason == FinishReason.ERROR ? "the engine has stopped" : null;
    for (Active active : door.entries()) {
      retire(active, reason, error);
    }
  }

  private void publishStats() {
    stats =
        new EngineStats(
            scheduler.running().size(),
            queue.size(),
            ledger.total(),
            ledger.held(),
            ledger.cached(),
            ledger.queriedTokens(),
            ledger.hitTokens(),
            promptTokens,
            completionTokens,
            scheduler.preemptions(),
            steps,
            drafts,
            draftTokens,
            acceptedTokens);
  }
}
