package dev.tangram.engine.model;

/** The machine has too little memory for a model. */
public final class ModelTooLargeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** One sentence that names file, need and what there is. */
  ModelTooLargeException(String message) {
    super(message);
  }

  public ModelTooLargeException(String file, long needed, long available) {
    this(
        "%s: needs about %.1f GB of memory for its weights, this machine has %.1f GB available"
            .formatted(file, needed / 1e9, available / 1e9));
  }
}
