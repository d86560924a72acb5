package dev.tangram.cli;

import dev.tangram.server.store.ModelReference;
import java.util.List;

/** Model names as words of a command line. */
final class ModelNames {
  private ModelNames() {}

  /** @throws Failure for wrong usage if the text is no model name */
  static ModelReference parse(String text) {
    try {
      return ModelReference.parse(text);
    } catch (IllegalArgumentException e) {
      throw Failure.usage(e);
    }
  }

  /** All or none: a wrong last name is told before the first is worked on. */
  static List<ModelReference> parse(List<String> texts) {
    return texts.stream().map(ModelNames::parse).toList();
  }
}
