package dev.tangram.cli;

import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/**
 * Configures {@code java.util.logging} to next to nothing: a chat is no place for a library's log
 * lines. What goes wrong with a packed copy is told, in one line: it is why starts are slow. Named
 * in a system property, so that it costs nothing until somebody logs. {@code serve} installs its
 * own handlers over it.
 */
public final class QuietLogging {
  static final String PROPERTY = "java.util.logging.config.class";

  /** Kept: the log manager itself forgets loggers that nobody holds. */
  private static final Logger COPIES = Logger.getLogger("dev.tangram.engine.packed");

  /** Called by the log manager, which takes the absence of any setting as the configuration. */
  public QuietLogging() {
    COPIES.addHandler(new Lines());
  }

  private static final class Lines extends Handler {
    @Override
    public void publish(LogRecord line) {
      if (line.getLevel().intValue() >= Level.WARNING.intValue()) {
        System.err.println("tangram: " + new SimpleFormatter().formatMessage(line));
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
