package dev.tangram.engine;

import dev.tangram.schedule.FinishReason;
import dev.tangram.schedule.Sequence;
import dev.tangram.schedule.admit.AdmissionQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The thread that owns an encoder: it takes as many waiting texts as fit a step, in order, and runs
 * them together. It touches no socket and no file.
 *
 * <p>Threads: the door's lock guards the line, the jobs and the counts.
 */
final class EncoderLoop implements Runnable, Door.Owner<List<EncoderLoop.Job>> {
  /** A text on its way. */
  record Job(Sequence sequence, int[] ids, Mailbox mailbox, long submittedNanos) {}

  private static final Logger LOG = Logger.getLogger(EncoderLoop.class.getName());

  private final Function<List<int[]>, List<float[]>> encoder;
  private final AdmissionQueue queue;
  private final int stepTokensMax;

  private final Door<Job> door;
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
    this.door = new Door<>(queue, Job::sequence);
  }

  /** Where texts come in. */
  Door<Job> door() {
    return door;
  }

  EngineStats stats() {
    EngineStats[] stats = new EngineStats[1];
    door.underLock(
        () ->
            stats[0] =
                new EngineStats(running, queue.size(), 0, 0, 0, 0, 0, promptTokens, 0, 0, steps));
    return stats[0];
  }

  @Override
  public void run() {
    door.run(this);
  }

  @Override
  public List<Job> plan() {
    if (queue.isEmpty()) {
      return null;
    }
    List<Job> step = take();
    running = step.size();
    return step;
  }

  @Override
  public void cancelled() {
    for (Job job : door.entries()) {
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
      step.add(door.entry(queue.take(now)));
    }
    return step;
  }

  @Override
  public void step(List<Job> step) {
    long start = System.nanoTime();
    List<float[]> vectors = vectors(step);
    door.underLock(
        () -> {
          steps++;
          for (int i = 0; i < step.size(); i++) {
            conclude(step.get(i), vectors.isEmpty() ? null : vectors.get(i), start);
          }
        });
  }

  /** None if the step failed. */
  private List<float[]> vectors(List<Job> step) {
    try {
      return encoder.apply(step.stream().map(Job::ids).toList());
    } catch (RuntimeException failed) {
      LOG.log(Level.SEVERE, "a step failed", failed);
      return List.of();
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
    running = Math.min(running, door.size() - 1 - queue.size());
    Usage usage = new Usage(job.ids().length, 0, 0, start - job.submittedNanos(), now - start, 0);
    job.mailbox().put(new Generation.Finished(reason, "", usage, error, vector));
    door.leave(job.sequence());
  }

  @Override
  public void ended(FinishReason reason) {
    String error = reason == FinishReason.ERROR ? "the engine has stopped" : null;
    for (Job job : door.entries()) {
      queue.remove(job.sequence());
      long now = System.nanoTime();
      retire(job, reason, error, null, now, now);
    }
  }
}
