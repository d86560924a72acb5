package dev.tangram.cli;

import dev.tangram.cli.text.Screen;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jline.terminal.TerminalBuilder;
import org.jline.terminal.spi.SystemStream;
import org.jline.terminal.spi.TerminalProvider;

/** Finds out what the standard streams of this process are. */
final class Screens {
  /**
   * Set by the launcher, which knows at no cost: the digits of the descriptors that are terminals,
   * e.g. {@code 02}.
   */
  static final String TERMINALS_PROPERTY = "tangram.terminals";

  /** Set by the launcher: the width of the terminal, empty if there is none. */
  private static final String COLUMNS_PROPERTY = "tangram.columns";

  private static final int COLUMNS = 80;
  private static final int COLUMNS_LEAST = 20;

  private Screens() {}

  static Screen ofProcess(Map<String, String> env) {
    String terminals = System.getProperty(TERMINALS_PROPERTY);
    if (terminals == null) {
      terminals = ask();
    }
    return new Screen(
        new FileInputStream(FileDescriptor.in),
        utf8(FileDescriptor.out),
        utf8(FileDescriptor.err),
        terminals.contains("0"),
        terminals.contains("1"),
        terminals.contains("2"),
        env.getOrDefault("NO_COLOR", "").isEmpty() && !"dumb".equals(env.get("TERM")),
        columns(env));
  }

  /** Text is UTF-8 whatever the locale says: models speak all languages, and pipes carry bytes. */
  private static PrintStream utf8(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), false, StandardCharsets.UTF_8);
  }

  /** The slow way, for {@code java -jar}. */
  static String ask() {
    for (TerminalProvider provider :
        TerminalBuilder.builder().getProviders(null, new IllegalStateException())) {
      StringBuilder digits = new StringBuilder();
      for (SystemStream stream : SystemStream.values()) {
        if (provider.isSystemStream(stream)) {
          digits.append(stream.ordinal());
        }
      }
      return digits.toString();
    }
    return "";
  }

  private static int columns(Map<String, String> env) {
    try {
      return Math.max(
          COLUMNS_LEAST,
          Integer.parseInt(System.getProperty(COLUMNS_PROPERTY, env.getOrDefault("COLUMNS", ""))));
    } catch (NumberFormatException e) {
      return COLUMNS;
    }
  }
}
