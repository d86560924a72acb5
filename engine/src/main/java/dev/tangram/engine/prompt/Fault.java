package dev.tangram.engine.prompt;

/**
 * Something went wrong inside a template; the caller of the interpreter adds the line. Cheap: no
 * stack trace.
 */
final class Fault extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Whether the template itself refused, with raise_exception. */
  final boolean raised;

  Fault(String message) {
    this(message, false);
  }

  Fault(String message, boolean raised) {
    super(message, null, false, false);
    this.raised = raised;
  }
}
