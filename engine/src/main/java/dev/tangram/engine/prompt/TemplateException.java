package dev.tangram.engine.prompt;

/** A chat template that cannot be compiled, or that refused the messages it was given. */
public final class TemplateException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public TemplateException(String message) {
    super(message);
  }
}
