package dev.tangram.engine;

import dev.tangram.engine.file.ModelFile;
import dev.tangram.engine.file.ModelFormatException;
import dev.tangram.engine.file.gguf.GgufFile;
import java.nio.file.Path;

/** Opens a model by what lies at its path. */
public final class ModelFiles {
  private ModelFiles() {}

  /**
   * Opens and checks a model file.
   *
   * @throws ModelFormatException if it is damaged, foreign or of a kind that this engine does not
   *     read
   */
  public static ModelFile open(Path path) {
    return GgufFile.open(path);
  }
}
