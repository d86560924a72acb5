package dev.tangram.schedule.admit;

import dev.tangram.schedule.Invariant;
import dev.tangram.schedule.Rejection;
import dev.tangram.schedule.Sequence;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Optional;

/**
 * The only waiting line of an engine, bounded in requests, in prompt tokens and in expected waiting time. A request is
 * taken or refused at once. First come, first served; a preempted sequence goes to the front.
 *
 * <p>Threads: not safe; the engine guards it with one lock, the simulator has one thread.
 */
public final class AdmissionQueue {
  /** Weight of the newest gap in the running mean of the time between two departures, once there were enough. */
  private static final double NEWEST = 1.0 / 64;

  private final AdmissionLimits limits;
  private final ArrayDeque<Sequence> waiting = new ArrayDeque<>();
  private long waitingTokens;
  private boolean draining;
  private long lastDepartureNanos;
  private boolean linedUp;
  private double gapNanos;
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
            || (waitingTokens + sequence.promptLength() > limits.waitingTokensMax() && !waiting.isEmpty())
            || expectedWaitNanos() > limits.waitNanosMax();
    if (full) {
      return Optional.of(new Rejection.QueueFull(waiting.size(), limits.waitingMax(), retryAfterSeconds()));
    }
    waiting.addLast(sequence);
    waitingTokens += sequence.promptLength();
    return Optional.empty();
  }

  /** How long a request that joined now would wait, from the pace of recent departures; 0 before there was a line. */
  public double expectedWaitNanos() {
    return waiting.size() * gapNanos;
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
    // Only the gaps between departures from a standing line tell its pace; an idle server's gaps are its clients'.
    if (linedUp) {
      gapNanos += Math.max(NEWEST, 1.0 / ++gaps) * (now - lastDepartureNanos - gapNanos);
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
