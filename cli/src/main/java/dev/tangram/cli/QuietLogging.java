package dev.tangram.cli;

/**
 * Configures {@code java.util.logging} to nothing at all: a chat is no place for a library's log
 * lines. Named in a system property, so that it costs nothing until somebody logs. {@code serve}
 * installs its own handlers over it.
 */
public final class QuietLogging {
  static final String PROPERTY = "java.util.logging.config.class";

  /** Called by the log manager, which takes the absence of any setting as the configuration. */
  public QuietLogging() {}
}
