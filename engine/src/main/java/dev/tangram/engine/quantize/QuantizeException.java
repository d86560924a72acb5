package dev.tangram.engine.quantize;

/** A file that is not rewritten; the message says in one sentence why. */
public final class QuantizeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  QuantizeException(String sentence) {
    super(sentence);
  }

  QuantizeException(String sentence, Throwable cause) {
    super(sentence, cause);
  }
}
