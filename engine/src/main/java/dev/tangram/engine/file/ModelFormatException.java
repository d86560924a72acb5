package dev.tangram.engine.file;

/**
 * A model file that cannot be used. The message names the file, the byte offset (where there is
 * one), the field, what was found and what was allowed.
 */
public final class ModelFormatException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** An error at a byte offset. */
  public ModelFormatException(
      String file, long offset, String field, String found, String allowed) {
    super(
        "%s: at byte %d: %s: found %s, allowed: %s".formatted(file, offset, field, found, allowed));
  }

  /** An error of a field that has no single place in the file. */
  public ModelFormatException(String file, String field, String found, String allowed) {
    super("%s: %s: found %s, allowed: %s".formatted(file, field, found, allowed));
  }
}
