package dev.tangram.schedule.batch;

import dev.tangram.schedule.Invariant;
import dev.tangram.schedule.Sequence;
import dev.tangram.schedule.admit.AdmissionQueue;
import dev.tangram.schedule.block.BlockLedger;
import dev.tangram.schedule.block.StateLedger;
import dev.tangram.schedule.block.StateOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Continuous batching with chunked prefill: every step runs one token of each decoding sequence
 * first and fills the rest of its token budget with prompt chunks. When blocks run out, the
 * sequence that was admitted last gives way and starts again from the front of the waiting line;
 * its computed prefix stays cached as long as there is room.
 *
 * <p>Drafts come last: they run in at most half of what the decoding sequences' own tokens leave of
 * the budget, on rows of logits that no prompt needs, in blocks that nobody else wants in this
 * step. Nobody gives way for a draft, and blocks that only refused drafts needed are taken back
 * before the next step.
 *
 * <p>Threads: owned by the engine thread (or the simulator); nothing here waits.
 */
public final class BatchScheduler {
  private static final int[] NO_TOKENS = {};

  private final BatchLimits limits;
  private final BlockLedger ledger;
  private final AdmissionQueue queue;
  // Null for a model without recurrent layers.
  private final StateLedger states;
  // In order of admission: the first is never preempted for a later one, so it always ends.
  private final List<Sequence> running = new ArrayList<>();
  private long preemptions;
  // While a step is planned.
  private int rowsLeft;

  public BatchScheduler(BatchLimits limits, BlockLedger ledger, AdmissionQueue queue) {
    this.limits = limits;
    this.ledger = ledger;
    this.queue = queue;
    this.states = ledger.states();
  }

  /** In order of admission. */
  public List<Sequence> running() {
    return Collections.unmodifiableList(running);
  }

  /** Sequences sent back to the waiting line since start. */
  public long preemptions() {
    return preemptions;
  }

  /**
   * Decides the next step and gives its sequences the blocks they need.
   *
   * @param now the clock that the queue measures waiting with, in nanoseconds
   */
  public StepPlan plan(long now) {
    List<Sequence> decoding = decodes();
    int budget = limits.tokensMax() - decoding.size();
    int forDrafts = Math.min(budget / 2, decoding.stream().mapToInt(Sequence::drafts).sum());
    List<StepPlan.Work> chunks = new ArrayList<>();
    rowsLeft = limits.rowsMax();
    admit(chunks, prompts(chunks, budget - forDrafts), now);
    List<StepPlan.Work> work = new ArrayList<>();
    for (Sequence sequence : decoding) {
      int drafts = drafts(sequence, Math.min(forDrafts, rowsLeft));
      forDrafts -= drafts;
      rowsLeft -= drafts;
      work.add(decode(sequence, drafts));
    }
    work.addAll(chunks);
    if (work.isEmpty() && running.size() > 1) {
      // Prompts hold all blocks and none can go on: the last one gives way until another fits.
      preempt(running.getLast());
      return plan(now);
    }
    Invariant.check(
        !work.isEmpty() || (running.isEmpty() && queue.isEmpty()),
        "nothing can run: %d running, %d waiting, %d blocks available",
        running.size(),
        queue.size(),
        ledger.available());
    return new StepPlan(work, work.stream().mapToInt(StepPlan.Work::count).sum());
  }

  /** The sequences that run one token, each with a block for it. */
  private List<Sequence> decodes() {
    List<Sequence> decoding = new ArrayList<>();
    // By index, because preemption shortens the list from its end.
    for (int i = 0; i < running.size(); i++) {
      Sequence sequence = running.get(i);
      if (sequence.pending() != 1) {
        continue;
      }
      boolean fits = ledger.extend(sequence, sequence.length());
      while (!fits && running.size() > i + 1) {
        preempt(running.getLast());
        fits = ledger.extend(sequence, sequence.length());
      }
      if (!fits) {
        // Alone it would fit: admission saw to that. So the ones before it hold the blocks, and it
        // gives way.
        Invariant.check(i > 0, "%s cannot have a block though it runs alone", sequence);
        preempt(sequence);
        break;
      }
      decoding.add(sequence);
    }
    return decoding;
  }

  /** How many of its drafts a sequence may run; gives it blocks for them. */
  private int drafts(Sequence sequence, int most) {
    int left = sequence.tokensMax() - sequence.made() - 1;
    int count = Math.min(Math.min(sequence.drafts(), left), most);
    if (states != null && count > 0) {
      count = states.draftsMax(sequence, count);
    }
    if (count > 0 && !ledger.extend(sequence, sequence.length() + count)) {
      count = Math.min(count, sequence.blockCount() * ledger.blockLength() - sequence.length());
    }
    return Math.max(count, 0);
  }

  private StepPlan.Work decode(Sequence sequence, int drafts) {
    StateOrder state = StateOrder.NONE;
    if (states != null) {
      state = drafts > 0 ? states.draftOrder(sequence) : states.order(sequence, 1);
    }
    return new StepPlan.Work(sequence, sequence.computed(), 1 + drafts, drafts, true, state);
  }

  private int prompts(List<StepPlan.Work> work, int budget) {
    for (int i = 0; i < running.size() && budget > 0; i++) {
      Sequence sequence = running.get(i);
      if (sequence.pending() > 1) {
        budget -= chunk(work, sequence, budget);
      }
    }
    return budget;
  }

  private void admit(List<StepPlan.Work> work, int budget, long now) {
    while (budget > 0 && running.size() < limits.sequencesMax() && !queue.isEmpty()) {
      if (states != null && states.slotsFree() == 0) {
        break;
      }
      Sequence sequence = queue.first();
      ledger.attachPrefix(sequence);
      if (!ledger.fits(sequence)) {
        // The whole prompt must fit before its first chunk runs; half a prompt only holds blocks.
        ledger.release(sequence);
        sequence.rewind();
        break;
      }
      queue.take(now);
      running.add(sequence);
      if (states != null) {
        states.open(sequence);
      }
      budget -= chunk(work, sequence, budget);
    }
  }

  /** Runs as much of a sequence as budget and blocks allow; returns the tokens used. */
  private int chunk(List<StepPlan.Work> work, Sequence sequence, int budget) {
    int count = Math.min(sequence.pending(), budget);
    if (sequence.scoresPrompt() && sequence.made() == 0) {
      count = Math.min(count, 1 + rowsLeft);
    }
    if (states != null) {
      count = states.cut(sequence, count);
    }
    if (!ledger.extend(sequence, sequence.computed() + count)) {
      return 0;
    }
    if (sequence.scoresPrompt() && sequence.made() == 0) {
      rowsLeft -= count - 1;
    }
    StateOrder state = states == null ? StateOrder.NONE : states.order(sequence, count);
    boolean samples = count == sequence.pending();
    work.add(new StepPlan.Work(sequence, sequence.computed(), count, 0, samples, state));
    return count;
  }

  /**
   * The step has run: its keys and values are stored, so full blocks may be shared. To a sequence
   * that ran drafts, what was drawn must have been appended before: a draft was right if something
   * was drawn after it.
   *
   * @return what is to be done with recurrent states before the next step
   */
  public List<Settlement> ran(StepPlan plan) {
    List<Settlement> settlements = new ArrayList<>();
    for (StepPlan.Work work : plan.work()) {
      Sequence sequence = work.sequence();
      int own = work.count() - work.drafts();
      int right = Math.clamp(sequence.length() - work.position() - own - 1L, 0, work.drafts());
      sequence.advance(own + right);
      sequence.propose(NO_TOKENS, 0);
      if (work.drafts() > 0) {
        ledger.trim(sequence);
      }
      int listed = ledger.publish(sequence, work.position());
      if (states != null && work.drafts() > 0) {
        boolean allRight = right == work.drafts();
        int to = states.settle(sequence, allRight, listed);
        int again = allRight ? 0 : own + right;
        settlements.add(new Settlement(work, sequence.slot(), again, to));
      } else if (states != null) {
        states.ran(sequence, listed);
      }
    }
    return settlements;
  }

  /**
   * The one way out: a sequence leaves, wherever it is, and its blocks are released. False if it
   * was not here.
   */
  public boolean retire(Sequence sequence) {
    if (running.remove(sequence)) {
      release(sequence);
      return true;
    }
    return queue.remove(sequence);
  }

  private void preempt(Sequence sequence) {
    preemptions++;
    running.remove(sequence);
    release(sequence);
    sequence.rewind();
    queue.putBack(sequence);
  }

  private void release(Sequence sequence) {
    ledger.release(sequence);
    if (states != null) {
      states.release(sequence);
    }
  }
}
