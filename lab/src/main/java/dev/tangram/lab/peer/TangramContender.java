package dev.tangram.lab.peer;

import dev.tangram.engine.Engine;
import dev.tangram.engine.EngineOptions;
import dev.tangram.engine.Generation;
import dev.tangram.engine.Speculation;
import dev.tangram.kernel.KvType;
import dev.tangram.lab.measure.Prompting;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** This engine, through the door that the server uses. */
final class TangramContender implements Contender {
  /** Tokens before those of a batch. */
  private static final int PROMPT = 16;

  /** A limit: memory is taken as it is written. */
  private static final long KV_BYTES_MAX = 4L << 30;

  private final Engine engine;
  private final Sizes sizes;
  private int salt;

  TangramContender(Path file, Sizes sizes, String kernels) {
    this.sizes = sizes;
    this.engine =
        Engine.open(
            file,
            EngineOptions.DEFAULT
                .withThreads(sizes.threads())
                .withKernels(kernels)
                .withContextLength(
                    Math.max(2048, Math.max(sizes.promptTokens(), sizes.depth()) + 1024))
                // What llama.cpp keeps, so that both read as much.
                .withKvType(KvType.F16)
                // A token a step on both sides: random prompts make texts that repeat themselves.
                .withSpeculation(Speculation.OFF)
                .withKvCacheBytes(KV_BYTES_MAX));
  }

  @Override
  public String name() {
    return "tangram (" + engine.card().selection().kernels().tier() + ")";
  }

  @Override
  public double measure(Work work) {
    salt += 100;
    return switch (work) {
      case PREFILL -> {
        long start = System.nanoTime();
        read(start(sizes.promptTokens(), 1, salt));
        yield sizes.promptTokens() / seconds(start, System.nanoTime());
      }
      case DECODE -> together(1, sizes.depth());
      case BATCH -> together(sizes.batch(), PROMPT);
    };
  }

  private double together(int count, int prompt) {
    List<Generation> generations = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      generations.add(start(prompt, sizes.decodeTokens(), salt + i));
    }
    long first = Long.MAX_VALUE;
    for (Generation generation : generations) {
      next(generation);
      first = Math.min(first, System.nanoTime());
    }
    generations.forEach(TangramContender::read);
    return count * (sizes.decodeTokens() - 1) / seconds(first, System.nanoTime());
  }

  private Generation start(int prompt, int tokens, int salt) {
    // A scope of its own: nothing comes out of the prefix cache.
    return Prompting.start(engine, Prompting.ids(prompt, salt), tokens, salt);
  }

  private static void read(Generation generation) {
    while (!(next(generation) instanceof Generation.Finished)) {
      // The tokens themselves are not looked at.
    }
  }

  private static Generation.Event next(Generation generation) {
    try {
      return generation.next();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static double seconds(long start, long end) {
    return (end - start) / 1e9;
  }

  @Override
  public void close() {
    engine.close();
  }
}
