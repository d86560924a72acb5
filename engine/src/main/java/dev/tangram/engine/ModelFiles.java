package dev.tangram.engine;

import dev.tangram.engine.file.ModelFile;
import dev.tangram.engine.file.ModelFormatException;
import dev.tangram.engine.file.gguf.GgufFile;
import dev.tangram.engine.file.hf.HfFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Opens a model by what lies at its path. */
public final class ModelFiles {
  private ModelFiles() {}

  /**
   * Opens and checks a model: a GGUF file, or a Hugging Face checkpoint, by its folder or a
   * safetensors file in it.
   *
   * @throws ModelFormatException if it is damaged, foreign or of a kind that this engine does not
   *     read
   * @throws UncheckedIOException if it cannot be read
   */
  public static ModelFile open(Path path) {
    if (Files.isDirectory(path)) {
      if (!Files.exists(path.resolve("config.json"))) {
        throw new UncheckedIOException(
            path + " is a directory without config.json, so no model",
            new IOException("no config.json"));
      }
      return HfFile.open(path);
    }
    if (isSafetensors(path) && Files.isRegularFile(path)) {
      return HfFile.open(path.toAbsolutePath().getParent());
    }
    return GgufFile.open(path);
  }

  private static boolean isSafetensors(Path path) {
    String name = path.getFileName().toString();
    return name.endsWith(".safetensors") || name.endsWith(".safetensors.index.json");
  }
}
