package dev.tangram.lab.measure;

import dev.tangram.engine.Engine;
import dev.tangram.engine.Generation;
import dev.tangram.engine.GenerationRequest;
import dev.tangram.engine.SamplingOptions;
import dev.tangram.engine.Submission;
import dev.tangram.schedule.CacheScope;
import java.util.List;

/** Requests of a bench to an engine in this process. */
public final class Requests {
  private Requests() {}

  /**
   * Ids that mean nothing and are ordinary tokens in every vocabulary here; another salt gives
   * others. Speed does not depend on which.
   */
  public static int[] ids(int count, int salt) {
    int[] ids = new int[count];
    for (int i = 0; i < count; i++) {
      ids[i] = 1000 + (int) ((i * 7919L + salt * 104_729L) % 20_000);
    }
    return ids;
  }

  /** Starts a greedy request that goes past end tokens, in a cache scope of its own. */
  public static Generation start(Engine engine, int[] prompt, int tokens, long scope) {
    GenerationRequest request =
        new GenerationRequest(
            prompt,
            tokens,
            SamplingOptions.GREEDY,
            List.of(),
            -1,
            -1,
            true,
            new CacheScope(scope, 1));
    return switch (engine.submit(request)) {
      case Submission.Admitted admitted -> admitted.generation();
      case Submission.Refused refused ->
          throw new IllegalStateException(refused.rejection().message());
    };
  }

  /** Waits for the end. */
  public static Generation.Finished end(Generation generation) throws InterruptedException {
    while (true) {
      if (generation.next() instanceof Generation.Finished finished) {
        return finished;
      }
    }
  }
}
