package dev.tangram.engine.model;

import dev.tangram.engine.file.Metadata;
import dev.tangram.engine.file.ModelFormatException;

/**
 * The numbers of a mixture of experts.
 *
 * @param count E, routed experts of a layer
 * @param used experts that a token passes
 * @param width rows of an expert's gate and up
 * @param sharedWidth likewise of the expert that every token passes; 0 if there is none
 * @param normalised whether the weights of a token's experts are divided by their sum
 */
record ExpertNumbers(int count, int used, int width, int sharedWidth, boolean normalised) {
  static final int COUNT_MAX = 4096;

  /**
   * @param name of the file
   * @param modelWidth D
   */
  static ExpertNumbers read(Metadata meta, Architecture architecture, String name, int modelWidth) {
    String prefix = architecture.word() + ".expert_";
    int count = meta.integer(prefix + "count", 1, COUNT_MAX);
    int used = meta.integer(prefix + "used_count", 1, COUNT_MAX);
    if (used > count) {
      throw new ModelFormatException(
          name, prefix + "used_count", Integer.toString(used), "at most expert_count " + count);
    }
    int width = meta.integer(prefix + "feed_forward_length", 1, Hyperparameters.FEED_FORWARD_MAX);
    int widest = Math.max(width, modelWidth);
    if ((long) used * widest > Hyperparameters.FEED_FORWARD_MAX) {
      throw new ModelFormatException(
          name,
          prefix + "used_count",
          used + " experts of " + widest,
          "at most " + Hyperparameters.FEED_FORWARD_MAX + " elements together");
    }
    int sharedWidth =
        architecture.has(Architecture.Trait.SHARED_EXPERT)
            ? meta.integer(
                prefix + "shared_feed_forward_length", 1, Hyperparameters.FEED_FORWARD_MAX)
            : 0;
    // Few files have the key: the usual engines divide without asking.
    boolean normalised = meta.flag(prefix + "weights_norm", true);
    return new ExpertNumbers(count, used, width, sharedWidth, normalised);
  }
}
