package dev.tangram.server.observe;

import java.io.PrintStream;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Sends all logging to one stream, one line a record (stack traces of our own errors follow it).
 *
 * <p>Libraries are heard from WARNING up, whatever level is configured: at finer levels Jetty
 * prints the bytes it parses, and those are prompts and keys. Of Jetty only the acceptor is heard
 * below SEVERE: its parsers quote headers in warnings.
 */
public final class LogSetup extends Handler {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneId.systemDefault());
  private static final String OURS = "dev.tangram";
  private static final String JETTY = "org.eclipse.jetty";
  private static final String ACCEPTOR = "org.eclipse.jetty.server.AbstractConnector";
  private static final int MESSAGE_CHARS_MAX = 4000;

  private final PrintStream out;
  private final Formatter messages =
      new Formatter() {
        @Override
        public String format(LogRecord record) {
          return formatMessage(record);
        }
      };

  private LogSetup(PrintStream out) {
    this.out = out;
    setLevel(Level.ALL);
  }

  /** Replaces all handlers of the process. */
  public static void install(PrintStream out, Level level) {
    Logger root = LogManager.getLogManager().getLogger("");
    for (Handler old : root.getHandlers()) {
      root.removeHandler(old);
    }
    root.addHandler(new LogSetup(out));
    root.setLevel(level);
  }

  @Override
  public void publish(LogRecord record) {
    String logger = String.valueOf(record.getLoggerName());
    boolean ours = logger.startsWith(OURS);
    if (!ours && !isHeard(logger, record.getLevel())) {
      return;
    }
    var line =
        new StringBuilder()
            .append(TIME.format(Instant.ofEpochMilli(record.getMillis())))
            .append(' ')
            .append(record.getLevel().getName())
            .append(' ')
            .append(logger.substring(logger.lastIndexOf('.') + 1))
            .append(": ")
            .append(oneLine(messages.format(record)));
    if (record.getThrown() != null) {
      trace(line, record.getThrown(), ours);
    }
    out.println(line);
    out.flush();
  }

  private static boolean isHeard(String logger, Level level) {
    boolean quotesInput = logger.startsWith(JETTY) && !logger.equals(ACCEPTOR);
    return level.intValue() >= (quotesInput ? Level.SEVERE : Level.WARNING).intValue();
  }

  /**
   * Where it was thrown. The text of a library's exception may quote what it parsed: it is left
   * out.
   */
  private static void trace(StringBuilder line, Throwable thrown, boolean ours) {
    line.append(" | ").append(thrown.getClass().getName());
    if (ours && thrown.getMessage() != null) {
      line.append(": ").append(oneLine(thrown.getMessage()));
    }
    for (StackTraceElement frame : thrown.getStackTrace()) {
      line.append(System.lineSeparator()).append("    at ").append(frame);
    }
    if (thrown.getCause() != null && thrown.getCause() != thrown) {
      line.append(System.lineSeparator()).append("  caused by");
      trace(line, thrown.getCause(), ours);
    }
  }

  private static String oneLine(String message) {
    var out = new StringBuilder();
    for (int i = 0; i < Math.min(message.length(), MESSAGE_CHARS_MAX); i++) {
      char c = message.charAt(i);
      out.append(Character.isISOControl(c) ? "\\u%04x".formatted((int) c) : String.valueOf(c));
    }
    return message.length() > MESSAGE_CHARS_MAX ? out.append("...").toString() : out.toString();
  }

  @Override
  public void flush() {
    out.flush();
  }

  @Override
  public void close() {
    out.flush();
  }
}
