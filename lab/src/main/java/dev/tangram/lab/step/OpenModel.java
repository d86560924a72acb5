package dev.tangram.lab.step;

import dev.tangram.engine.ModelFiles;
import dev.tangram.engine.file.ModelFile;
import dev.tangram.engine.model.Model;
import dev.tangram.engine.model.Models;
import dev.tangram.kernel.Kernels;
import dev.tangram.kernel.Selection;
import dev.tangram.kernel.Workers;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/**
 * A model with workers of its own.
 *
 * @param kernels as chosen here, for a line that says so
 */
record OpenModel(ModelFile file, Model model, Kernels kernels, Workers workers)
    implements AutoCloseable {
  /** Tokens in a step at most: what the engine does unless told otherwise. */
  static final int STEP_TOKENS = 256;

  /**
   * @param around laid around the chosen kernels
   */
  static OpenModel open(Path path, int threads, String kernels, UnaryOperator<Kernels> around) {
    Workers workers = new Workers(threads);
    Kernels chosen = Selection.choose(kernels, workers).kernels();
    ModelFile file = ModelFiles.open(path);
    Model model = Models.open(file, around.apply(chosen), STEP_TOKENS, 1);
    System.out.printf(
        "%s: %d threads, kernels %s, %d bits%n",
        path.getFileName(), threads, chosen.tier(), chosen.widthBits());
    return new OpenModel(file, model, chosen, workers);
  }

  @Override
  public void close() {
    model.close();
    file.close();
    workers.close();
  }
}
