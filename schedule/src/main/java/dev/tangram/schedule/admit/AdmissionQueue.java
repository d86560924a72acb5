package dev.tangram.schedule.admit;

import dev.tangram.schedule.Invariant;
import dev.tangram.schedule.Rejection;
import dev.tangram.schedule.Sequence;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Optional;

/**
 * The only waiting line of an engine, bounded in requests, in prompt tokens and in expected waiting
 * time. A request is taken or refused at once. First come, first served; a preempted sequence goes
 * to the front.
 *
 * <p>Threads: not safe; the engine guards it with one lock, the simulator has one thread.
 */
public final class AdmissionQueue {
  /**
   * Weights of the newest gap in two running means of the time between departures. The line is
   * judged by the longer of both: the quick one sees a slowdown at once, and a few short requests
   * in a row, which fool it, do not fool the slow one into letting the line grow.
   */
  private static final double NEWEST_QUICK = 1.0 / 32;

  private static final double NEWEST_SLOW = 1.0 / 256;

  private final AdmissionLimits limits;
  private final ArrayDeque<Sequence> waiting = new ArrayDeque<>();
  private long waitingTokens;
  private boolean draining;
  private long lastDepartureNanos;
  private boolean linedUp;
  private double quickGapNanos;
  private double slowGapNanos;
  private long gaps;

  public AdmissionQueue(AdmissionLimits limits) {
    this.limits = limits;
  }

  /** Takes the sequence into the line, or says why not. */
  public Optional<Rejection> offer(Sequence sequence) {
    long wanted = (long) sequence.promptLength() + sequence.tokensMax();
    if (draining) {
      return Optional.of(new Rejection.Draining());
    }
    if (wanted > limits.contextTokensMax()) {
      return Optional.of(
          new Rejection.PromptTooLong(
              sequence.promptLength(), sequence.tokensMax(), limits.contextTokensMax()));
    }
    boolean full =
        waiting.size() >= limits.waitingMax()
            || (waitingTokens + sequence.promptLength() > limits.waitingTokensMax()
                && !waiting.isEmpty())
            || expectedWaitNanos() > limits.waitNanosMax();
    if (full) {
      return Optional.of(
          new Rejection.QueueFull(waiting.size(), limits.waitingMax(), retryAfterSeconds()));
    }
    waiting.addLast(sequence);
    waitingTokens += sequence.promptLength();
    return Optional.empty();
  }

  /**
   * How long a request that joined now would wait, from the pace of recent departures; 0 before
   * there was a line.
   */
  public double expectedWaitNanos() {
    return waiting.size() * Math.max(quickGapNanos, slowGapNanos);
  }

  private int retryAfterSeconds() {
    return (int) Math.clamp(Math.ceil(expectedWaitNanos() / 1e9), 1, 3600);
  }

  public boolean isEmpty() {
    return waiting.isEmpty();
  }

  public int size() {
    return waiting.size();
  }

  public Sequence first() {
    return waiting.getFirst();
  }

  /** In order. */
  public Collection<Sequence> waiting() {
    return Collections.unmodifiableCollection(waiting);
  }

  /** The first of the line starts to run. */
  public Sequence take(long now) {
    // Only the gaps between departures from a standing line tell its pace; an idle server's gaps
    // are its clients'.
    if (linedUp) {
      double gap = now - lastDepartureNanos;
      gaps++;
      quickGapNanos += Math.max(NEWEST_QUICK, 1.0 / gaps) * (gap - quickGapNanos);
      slowGapNanos += Math.max(NEWEST_SLOW, 1.0 / gaps) * (gap - slowGapNanos);
    }
    lastDepartureNanos = now;
    Sequence sequence = remove();
    linedUp = !waiting.isEmpty();
    return sequence;
  }

  private Sequence remove() {
    Sequence sequence = waiting.removeFirst();
    waitingTokens -= sequence.promptLength();
    Invariant.check(waitingTokens >= 0, "waiting tokens %d", waitingTokens);
    return sequence;
  }

  /** A preempted sequence: it was admitted before, so no limit applies. */
  public void putBack(Sequence sequence) {
    waiting.addFirst(sequence);
    waitingTokens += sequence.promptLength();
  }

  /** A client left. False if the sequence does not wait here. */
  public boolean remove(Sequence sequence) {
    if (!waiting.remove(sequence)) {
      return false;
    }
    waitingTokens -= sequence.promptLength();
    return true;
  }

  /** From now on everything is refused; what waits is served. */
  public void drain() {
    draining = true;
  }
}
