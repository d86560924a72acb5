package dev.tangram.engine;

/** What a request may ask of which model. */
final class ReadoutRules {
  private ReadoutRules() {}

  /**
   * Holds a request against a model.
   *
   * @throws IllegalArgumentException that names the field
   */
  static void check(GenerationRequest request, ModelCard card, ModelUse use) {
    int vocabulary = card.shape().vocabulary();
    inVocabulary("prompt", request.prompt(), vocabulary);
    if (request.readout() instanceof Readout.Logits(int[] ids)) {
      inVocabulary("readout", ids, vocabulary);
    }
    boolean embedding = request.readout() instanceof Readout.Embedding;
    if (embedding != (use == ModelUse.EMBED)) {
      throw new IllegalArgumentException(
          "readout: %s is %s, it cannot %s"
              .formatted(card.name(), use.words(), embedding ? "embed" : "make text"));
    }
  }

  private static void inVocabulary(String field, int[] ids, int vocabulary) {
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] < 0 || ids[i] >= vocabulary) {
        throw new IllegalArgumentException(
            "%s[%d]: found token id %d, allowed: 0 to %d"
                .formatted(field, i, ids[i], vocabulary - 1));
      }
    }
  }
}
