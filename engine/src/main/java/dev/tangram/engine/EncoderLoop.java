package dev.tangram.engine;

import dev.tangram.schedule.FinishReason;
import dev.tangram.schedule.Rejection;
import dev.tangram.schedule.Sequence;
import dev.tangram.schedule.admit.AdmissionQueue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The thread that owns an encoder: it takes as many waiting texts as fit a step, in order, and runs
 * them together. It touches no socket and no file.
 *
 * <p>Threads: the lock guards the line, the jobs and the counts.
 */
final class EncoderLoop implements Runnable {
  /** A text on its way. */
  record Job(Sequence sequence, int[] ids, Mailbox mailbox, long submittedNanos) {}

  private static final Logger LOG = Logger.getLogger(EncoderLoop.class.getName());

  private final Function<List<int[]>, List<float[]>> encoder;
  private final AdmissionQueue queue;
  private final int stepTokensMax;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  private final Condition idle = lock.newCondition();
  private final Map<Sequence, Job> jobs = new LinkedHashMap<>();
  private boolean cancelSeen;
  private boolean closing;
  private int running;
  private long promptTokens;
  private long steps;

  /**
   * @param encoder one vector for each text; the texts together have at most {@code stepTokensMax}
   *     tokens
   * @param queue lets in no text of more than {@code stepTokensMax} tokens
   */
  EncoderLoop(
      Function<List<int[]>, List<float[]>> encoder, AdmissionQueue queue, int stepTokensMax) {
    this.encoder = encoder;
    this.queue = queue;
    this.stepTokensMax = stepTokensMax;
  }

  /** Called by any thread: takes the text into the waiting line or refuses it. */
  Optional<Rejection> offer(Job job) {
    lock.lock();
    try {
      if (closing) {
        return Optional.of(new Rejection.Draining());
      }
      Optional<Rejection> refused = queue.offer(job.sequence());
      if (refused.isEmpty()) {
        jobs.put(job.sequence(), job);
        work.signal();
      }
      return refused;
    } finally {
      lock.unlock();
    }
  }

  /** Called by any thread: a mailbox was cancelled. */
  void wake() {
    lock.lock();
    try {
      cancelSeen = true;
      work.signal();
    } finally {
      lock.unlock();
    }
  }

  EngineStats stats() {
    lock.lock();
    try {
      return new EngineStats(running, queue.size(), 0, 0, 0, 0, 0, promptTokens, 0, 0, steps);
    } finally {
      lock.unlock();
    }
  }

  /** Refuses what comes and waits for what is here. True if all of it ended in time. */
  boolean drain(long nanos) {
    lock.lock();
    try {
      queue.drain();
      long left = nanos;
      while (!jobs.isEmpty() && left > 0) {
        left = idle.awaitNanos(left);
      }
      return jobs.isEmpty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  /** Asks the loop to cancel everything and end. */
  void close() {
    lock.lock();
    try {
      closing = true;
      work.signal();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void run() {
    try {
      for (List<Job> step = next(); step != null; step = next()) {
        step(step);
      }
    } catch (Throwable broken) {
      // A broken invariant or a dying VM: what runs is ended with an error, nothing new is taken.
      LOG.log(Level.SEVERE, "the encoder's loop ended", broken);
    } finally {
      end();
    }
  }

  /** Waits for work and takes it; null when the loop shall end. */
  private List<Job> next() throws InterruptedException {
    lock.lock();
    try {
      while (true) {
        if (closing) {
          return null;
        }
        if (cancelSeen) {
          cancelSeen = false;
          retireCancelled();
        }
        if (!queue.isEmpty()) {
          List<Job> step = take();
          running = step.size();
          return step;
        }
        work.await();
      }
    } finally {
      lock.unlock();
    }
  }

  private void retireCancelled() {
    for (Job job : List.copyOf(jobs.values())) {
      if (job.mailbox().isCancelled() && queue.remove(job.sequence())) {
        long now = System.nanoTime();
        retire(job, FinishReason.CANCELLED, null, null, now, now);
      }
    }
  }

  private List<Job> take() {
    List<Job> step = new ArrayList<>();
    int tokens = 0;
    long now = System.nanoTime();
    while (!queue.isEmpty() && tokens + queue.first().promptLength() <= stepTokensMax) {
      tokens += queue.first().promptLength();
      step.add(jobs.get(queue.take(now)));
    }
    return step;
  }

  private void step(List<Job> step) {
    long start = System.nanoTime();
    List<float[]> vectors;
    try {
      vectors = encoder.apply(step.stream().map(Job::ids).toList());
    } catch (RuntimeException failed) {
      LOG.log(Level.SEVERE, "a step failed", failed);
      vectors = null;
    }
    lock.lock();
    try {
      steps++;
      for (int i = 0; i < step.size(); i++) {
        conclude(step.get(i), vectors == null ? null : vectors.get(i), start);
      }
    } finally {
      lock.unlock();
    }
  }

  private void conclude(Job job, float[] vector, long start) {
    long now = System.nanoTime();
    promptTokens += job.ids().length;
    if (job.mailbox().isCancelled()) {
      retire(job, FinishReason.CANCELLED, null, null, start, now);
    } else if (vector == null) {
      retire(job, FinishReason.ERROR, "the engine failed in this step", null, start, now);
    } else if (!isFinite(vector)) {
      String error = "the model gave a vector that is not finite";
      retire(job, FinishReason.ERROR, error, null, start, now);
    } else {
      retire(job, FinishReason.STOP, null, vector, start, now);
    }
  }

  private static boolean isFinite(float[] vector) {
    for (float value : vector) {
      if (!Float.isFinite(value)) {
        return false;
      }
    }
    return true;
  }

  /** The one way out of the engine. */
  private void retire(
      Job job, FinishReason reason, String error, float[] vector, long start, long now) {
    jobs.remove(job.sequence());
    running = Math.min(running, jobs.size() - queue.size());
    Usage usage = new Usage(job.ids().length, 0, 0, start - job.submittedNanos(), now - start, 0);
    job.mailbox().put(new Generation.Finished(reason, "", usage, error, vector));
    if (jobs.isEmpty()) {
      idle.signalAll();
    }
  }

  private void end() {
    lock.lock();
    try {
      FinishReason reason = closing ? FinishReason.CANCELLED : FinishReason.ERROR;
      String error = closing ? null : "the engine has stopped";
      closing = true;
      for (Job job : List.copyOf(jobs.values())) {
        queue.remove(job.sequence());
        long now = System.nanoTime();
        retire(job, reason, error, null, now, now);
      }
      idle.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
