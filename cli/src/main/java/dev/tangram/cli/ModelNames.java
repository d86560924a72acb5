package dev.tangram.cli;

import dev.tangram.server.store.ModelReference;
import java.io.File;
import java.util.List;

/** Model names as words of a command line. */
final class ModelNames {
  private ModelNames() {}

  /**
   * A model name, or a path as a shell completes it: {@code models/x.gguf} means the file where
   * there is one, {@code models/x} or {@code x/} the checkpoint's folder.
   *
   * @throws Failure for wrong usage if the text is no model name
   */
  static ModelReference parse(String text) {
    try {
      boolean address = text.contains("://");
      boolean file = text.endsWith(".gguf") && !address && new File(text).isFile();
      file |= text.indexOf('/') > 0 && !address && new File(text, "config.json").isFile();
      return ModelReference.parse(
          file && !text.startsWith("/") && !text.startsWith(".") ? "./" + text : text);
    } catch (IllegalArgumentException e) {
      throw Failure.usage(e);
    }
  }

  /** All or none: a wrong last name is told before the first is worked on. */
  static List<ModelReference> parse(List<String> texts) {
    return texts.stream().map(ModelNames::parse).toList();
  }
}
