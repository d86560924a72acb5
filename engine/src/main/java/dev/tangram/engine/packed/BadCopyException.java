package dev.tangram.engine.packed;

/** A copy that cannot be used; the message goes on after "the packed copy FILE is not used:". */
final class BadCopyException extends Exception {
  private static final long serialVersionUID = 1L;

  BadCopyException(String message) {
    super(message);
  }
}
