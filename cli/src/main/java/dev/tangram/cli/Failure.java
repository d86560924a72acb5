package dev.tangram.cli;

/** An expected failure of a command: one sentence for people, and the exit code. */
public final class Failure extends RuntimeException {
  /** The command could not do its work. */
  public static final int FAILED = 1;

  /** The command line itself is wrong. */
  public static final int USAGE = 2;

  private static final long serialVersionUID = 1L;

  private final int exitCode;

  private Failure(int exitCode, String sentence, Throwable cause) {
    super(sentence, cause);
    this.exitCode = exitCode;
  }

  public static Failure failed(String format, Object... values) {
    return new Failure(FAILED, format.formatted(values), null);
  }

  public static Failure failed(Throwable cause, String format, Object... values) {
    return new Failure(FAILED, format.formatted(values), cause);
  }

  public static Failure usage(String format, Object... values) {
    return new Failure(USAGE, format.formatted(values), null);
  }

  /** A value on the command line that is not allowed; the cause's message is the sentence. */
  public static Failure usage(IllegalArgumentException cause) {
    return new Failure(USAGE, cause.getMessage(), cause);
  }

  public int exitCode() {
    return exitCode;
  }
}
