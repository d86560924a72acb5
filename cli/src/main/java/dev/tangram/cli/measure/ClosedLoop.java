package dev.tangram.cli.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * So many readers that ask again as soon as they have their answer. What counts is what began after
 * every reader's first answer and ended before the first reader stopped, so that the number of
 * sequences was the same all the while.
 */
public final class ClosedLoop {
  /** Short words that most tokenizers know as one token. */
  private static final String[] WORDS =
      ("time year people way day man thing woman life child world school state family student group"
              + " country problem hand part place case week company system program question work"
              + " night point home water room mother area money story fact month lot right study")
          .split(" ");

  private final Endpoint endpoint;
  private final Random random;

  /** {@code seed} decides the prompts; each is new, so that no prefix is known to the server. */
  public ClosedLoop(Endpoint endpoint, long seed) {
    this.endpoint = endpoint;
    this.random = new Random(seed);
  }

  /**
   * Runs one load.
   *
   * @param answers how many to measure for each reader, in the mean
   */
  public List<Timing> run(int readers, int promptWords, int outputTokens, int answers)
      throws InterruptedException {
    List<Timing> measured = new ArrayList<>();
    AtomicBoolean stop = new AtomicBoolean();
    int enough = readers * answers;
    int[] warm = {0};
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < readers; i++) {
        running.add(
            threads.submit(
                () -> {
                  boolean first = true;
                  while (!stop.get()) {
                    boolean counts;
                    String prompt;
                    synchronized (measured) {
                      counts = warm[0] == readers;
                      prompt = prompt(promptWords);
                    }
                    Timing timing = endpoint.ask(prompt, outputTokens);
                    synchronized (measured) {
                      warm[0] += first ? 1 : 0;
                      first = false;
                      if (counts && !stop.get()) {
                        measured.add(timing);
                        stop.compareAndSet(false, measured.size() >= enough);
                      }
                    }
                  }
                }));
      }
      await(running, stop);
    }
    return measured;
  }

  /** One failure ends them all. */
  private static void await(List<Future<?>> running, AtomicBoolean stop)
      throws InterruptedException {
    try {
      for (Future<?> reader : running) {
        reader.get();
      }
    } catch (ExecutionException e) {
      stop.set(true);
      if (e.getCause() instanceof RuntimeException thrown) {
        throw thrown;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  private String prompt(int words) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < words; i++) {
      text.append(WORDS[random.nextInt(WORDS.length)]).append(' ');
    }
    return text.toString().strip();
  }
}
