package dev.tangram.cli;

import dev.tangram.server.store.ModelReference;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What the words after {@code run} mean.
 *
 * <ul>
 *   <li>no word: the default model
 *   <li>the first word is a model if it reads like one (no spaces) and there is a second word
 *   <li>a single word is a model if such a model is known, or if it can only be one ({@code
 *       name:tag}, a path, a hub or web address), or if a person is typing; else it is a prompt for
 *       the default model
 *   <li>all other words are the prompt, joined by spaces
 * </ul>
 *
 * @param prompt empty if no word was a prompt
 */
record PromptRule(ModelReference model, String prompt) {
  /** The model that is run if none is named. */
  static final String MODEL_DEFAULT = "qwen2.5-coder:0.5b";

  /**
   * @param known true if a model of that name is stored or in the catalogue
   */
  static PromptRule of(List<String> words, boolean inTerminal, Predicate<ModelReference> known) {
    if (words.isEmpty()) {
      return new PromptRule(ModelReference.parse(MODEL_DEFAULT), "");
    }
    Optional<ModelReference> first = reference(words.getFirst());
    if (first.isPresent()
        && (words.size() > 1 || isModel(words.getFirst(), first.get(), inTerminal, known))) {
      return new PromptRule(first.get(), String.join(" ", words.subList(1, words.size())));
    }
    return new PromptRule(ModelReference.parse(MODEL_DEFAULT), String.join(" ", words));
  }

  private static boolean isModel(
      String word, ModelReference reference, boolean inTerminal, Predicate<ModelReference> known) {
    return inTerminal || word.indexOf(':') > 0 || word.indexOf('/') >= 0 || known.test(reference);
  }

  private static Optional<ModelReference> reference(String word) {
    try {
      return Optional.of(ModelReference.parse(word));
    } catch (IllegalArgumentException e) {
      if (word.endsWith(".gguf")) {
        throw Failure.usage(e); // a file without its ./ is a slip, not a question
      }
      return Optional.empty();
    }
  }
}
