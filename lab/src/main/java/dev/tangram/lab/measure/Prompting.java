package dev.tangram.lab.measure;

import dev.tangram.engine.Engine;
import dev.tangram.engine.EngineOptions;
import dev.tangram.engine.Generation;
import dev.tangram.engine.GenerationRequest;
import dev.tangram.engine.SamplingOptions;
import dev.tangram.engine.Submission;
import dev.tangram.schedule.CacheScope;
import java.nio.file.Path;
import java.util.List;

/** What trials ask of an engine: greedy requests whose words mean nothing. */
public final class Prompting {
  private Prompting() {}

  public static Engine open(String[] args) {
    if (args.length != 1) {
      throw new IllegalArgumentException("one GGUF file is needed");
    }
    Engine engine =
        Engine.open(
            Path.of(args[0]),
            EngineOptions.DEFAULT.withContextLength(4096).withKvCacheBytes(1L << 30));
    System.out.printf(
        "%s, %d threads, %s%n",
        engine.card().name(), engine.card().threads(), engine.card().selection().reason());
    return engine;
  }

  /** A greedy request that goes past end tokens, in a cache scope of its own. */
  public static Generation start(Engine engine, int[] prompt, int tokens, long scope) {
    return submit(
        engine,
        new GenerationRequest(
            prompt,
            tokens,
            SamplingOptions.GREEDY,
            List.of(),
            -1,
            -1,
            true,
            new CacheScope(scope, 1)));
  }

  /** Nothing is refused while a trial has the engine for itself. */
  public static Generation submit(Engine engine, GenerationRequest request) {
    return switch (engine.submit(request)) {
      case Submission.Admitted admitted -> admitted.generation();
      case Submission.Refused refused ->
          throw new IllegalStateException(refused.rejection().message());
    };
  }

  /**
   * Ids that mean nothing, of ordinary tokens in every vocabulary here; another salt gives others.
   */
  public static int[] ids(int count, int salt) {
    int[] ids = new int[count];
    for (int i = 0; i < count; i++) {
      ids[i] = 1000 + (int) ((i * 7919L + salt * 104_729L) % 20_000);
    }
    return ids;
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
