package dev.tangram.cli.text;

import java.io.InputStream;
import java.io.PrintStream;

/**
 * The three standard streams and what is at their other end.
 *
 * @param color false if the user wants none ({@code NO_COLOR}) or the terminal knows none
 * @param columns width of the terminal, 80 if there is none
 */
public record Screen(
    InputStream in,
    PrintStream out,
    PrintStream err,
    boolean inTerminal,
    boolean outTerminal,
    boolean errTerminal,
    boolean color,
    int columns) {
  private static final int COLUMNS = 80;

  /** Streams that are files or pipes. */
  public static Screen plain(InputStream in, PrintStream out, PrintStream err) {
    return new Screen(in, out, err, false, false, false, false, COLUMNS);
  }

  /** A line for {@link #err}, faint where colours are shown. */
  public String dimErr(String text) {
    return errTerminal && color ? "\033[2m" + text + "\033[0m" : text;
  }

  public Screen withColumns(int value) {
    return new Screen(in, out, err, inTerminal, outTerminal, errTerminal, color, value);
  }
}
