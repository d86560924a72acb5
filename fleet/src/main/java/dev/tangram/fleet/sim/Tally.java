package dev.tangram.fleet.sim;

import java.util.Arrays;

/** Counts what happens. */
final class Tally {
  private static final double NANO = 1e-9;

  private final Objective objective;
  private final int[] unfinishedOf;
  private double[] ttfts = new double[1024];
  private double[] tpots = new double[1024];
  private double[] ends = new double[1024];
  private int finished;
  private int tpotCount;
  private int refused;
  private int good;
  private long promptTokens;
  private long cachedTokens;
  private long outputTokens;
  private long goodTokens;
  private int active;
  private long activeSince;
  private double activeNanos;

  long retried;
  long switches;
  long events;
  long steps;
  long sequenceSteps;
  long readTokens;
  long lostTokens;

  Tally(Objective objective, int models) {
    this.objective = objective;
    this.unfinishedOf = new int[models];
  }

  void arrived(int model, long now) {
    if (unfinishedOf[model]++ == 0) {
      activeChanges(now, 1);
    }
  }

  private void left(int model, long now) {
    if (--unfinishedOf[model] == 0) {
      activeChanges(now, -1);
    }
  }

  private void activeChanges(long now, int by) {
    activeNanos += (double) active * (now - activeSince);
    activeSince = now;
    active += by;
  }

  void refused(Ticket ticket, long now) {
    refused++;
    left(ticket.request.model(), now);
  }

  void finished(Ticket ticket, long now) {
    int tokens = ticket.sequence.made();
    double ttft = (ticket.firstNanos - ticket.request.arrivalNanos()) * NANO;
    double tpot = tokens == 1 ? 0 : (now - ticket.firstNanos) * NANO / (tokens - 1);
    if (finished == ttfts.length) {
      ttfts = Arrays.copyOf(ttfts, 2 * finished);
      tpots = Arrays.copyOf(tpots, 2 * finished);
      ends = Arrays.copyOf(ends, 2 * finished);
    }
    ttfts[finished] = ttft;
    ends[finished] = (now - ticket.request.arrivalNanos()) * NANO;
    finished++;
    if (tokens > 1) {
      tpots[tpotCount++] = tpot;
    }
    promptTokens += ticket.request.promptTokens();
    cachedTokens += ticket.sequence.cached();
    outputTokens += tokens;
    if (ttft <= objective.ttftSeconds() && tpot <= objective.tpotSeconds()) {
      good++;
      goodTokens += tokens;
    }
    left(ticket.request.model(), now);
  }

  /**
   * @param hostNanos time of all hosts together
   */
  Outcome outcome(long now, int requests, long preemptions, double busyNanos, double hostNanos) {
    activeChanges(now, 0);
    return new Outcome(
        now * NANO,
        requests,
        finished,
        refused,
        good,
        retried,
        preemptions,
        switches,
        events,
        steps,
        sequenceSteps,
        promptTokens,
        cachedTokens,
        readTokens,
        outputTokens,
        goodTokens,
        lostTokens,
        busyNanos * NANO,
        hostNanos == 0 ? 0 : busyNanos / hostNanos,
        now == 0 ? 0 : activeNanos / now,
        Quantiles.of(ttfts, finished),
        Quantiles.of(tpots, tpotCount),
        Quantiles.of(ends, finished));
  }
}
