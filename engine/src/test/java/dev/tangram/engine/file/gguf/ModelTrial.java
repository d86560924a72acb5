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
import dev.tangram.kernel.StateMemory;
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
      try (KvMemory kv = shape.kvMemory(1);
          StateMemory state = shape.stateMemory(1)) {
        if (state != null) {
          state.clear(0);
        }
        return generate(model, kv, state);
      }
    }
  }

  private static Outcome generate(Model model, KvMemory kv, StateMemory state) {
    int vocabulary = model.shape().vocabulary();
    float[] logits = new float[vocabulary];
    float[] hidden = new float[model.shape().width()];
    int[] tokens = new int[PROMPT.length];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = Math.min(PROMPT[i], vocabulary - 1);
    }
    int position = 0;
    for (int step = 0; step < GENERATED; step++) {
      List<Span> spans = List.of(new Span(0, tokens.length, position, new int[] {0}, 0));
      int[] last = {tokens.length - 1};
      model.forward(new Batch(tokens, spans, last), kv, state, logits, hidden);
      int best = Logits.best(logits, 0, vocabulary);
      if (best < 0) {
        return Outcome.NOT_FINITE;
      }
      draft(model, kv, step, best, hidden);
      position += tokens.length;
      tokens = new int[] {best};
    }
    return Outcome.GENERATED;
  }

  /** One pair for each step; what the head says of it is not looked at. */
  private static void draft(Model model, KvMemory kv, int pair, int token, float[] hidden) {
    Batch batch =
        new Batch(new int[] {token}, List.of(new Span(0, 1, pair, new int[] {0})), new int[] {0});
    float[] logits = new float[model.shape().vocabulary()];
    model.draft().ifPresent(draft -> draft.forward(batch, hidden, kv, logits, hidden));
  }
}
