package dev.tangram.engine.file.gguf;

import dev.tangram.engine.file.ModelFile;
import dev.tangram.engine.model.Batch;
import dev.tangram.engine.model.Model;
import dev.tangram.engine.model.Models;
import dev.tangram.engine.model.Shape;
import dev.tangram.engine.sample.Logits;
import dev.tangram.kernel.Kernels;
import dev.tangram.kernel.KvMemory;
import dev.tangram.kernel.Selection;
import dev.tangram.kernel.Span;
import dev.tangram.kernel.Workers;
import java.util.List;

/** Opens the model of a file that was accepted and lets it write four tokens. */
public final class ModelTrial {
  public enum Outcome {
    GENERATED,
    /**
     * What the engine turns into the finish reason "error": weights so large that sums overflow.
     */
    NOT_FINITE
  }

  private static final int[] PROMPT = {1, 5, 9};
  private static final int GENERATED = 4;

  private final List<Kernels> tiers =
      List.of(
          Selection.choose("scalar", new Workers(1)).kernels(),
          Selection.choose("auto", new Workers(1)).kernels());

  /**
   * Throws {@link dev.tangram.engine.file.ModelFormatException}, if anything.
   *
   * @param number chooses the kernels: even ones the reference, odd ones those of this machine
   */
  public Outcome run(ModelFile file, int number) {
    Kernels kernels = tiers.get(number % 2);
    try (Model model = Models.open(file, kernels, PROMPT.length, 1)) {
      Shape shape = model.shape();
      try (KvMemory kv = new KvMemory(shape.layers(), 1, shape.kvHeads(), shape.headSize())) {
        return generate(model, kv, shape.vocabulary());
      }
    }
  }

  private static Outcome generate(Model model, KvMemory kv, int vocabulary) {
    float[] logits = new float[vocabulary];
    int[] tokens = new int[PROMPT.length];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = Math.min(PROMPT[i], vocabulary - 1);
    }
    int position = 0;
    for (int step = 0; step < GENERATED; step++) {
      List<Span> spans = List.of(new Span(0, tokens.length, position, new int[] {0}));
      model.forward(new Batch(tokens, spans, new int[] {tokens.length - 1}), kv, null, logits, null);
      int best = Logits.best(logits, 0, vocabulary);
      if (best < 0) {
        return Outcome.NOT_FINITE;
      }
      position += tokens.length;
      tokens = new int[] {best};
    }
    return Outcome.GENERATED;
  }
}
