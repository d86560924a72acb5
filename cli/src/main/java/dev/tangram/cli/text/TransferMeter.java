package dev.tangram.cli.text;

import java.io.PrintStream;

/**
 * Shows a transfer while it runs: one line drawn again and again on a terminal, else a line every
 * 10 %.
 *
 * <p>Threads: one.
 */
public final class TransferMeter implements AutoCloseable {
  /**
   * Redraws are this far apart, so that a fast transfer does not spend its time on the terminal.
   */
  static final long REDRAW_NANOS = 100_000_000;

  private static final int TENTH = 10;

  private final String what;
  private final Screen screen;
  private final Rate rate = new Rate();
  private long drawnAt = Long.MIN_VALUE;
  private int tenths;
  private boolean lineOpen;

  public TransferMeter(String what, Screen screen) {
    this.what = what;
    this.screen = screen;
  }

  /**
   * Tells how far it is.
   *
   * @param total 0 or less if unknown
   * @param now nanoseconds of a clock that never goes back
   */
  public void progress(long done, long total, long now) {
    rate.at(done, now);
    boolean complete = total > 0 && done >= total;
    if (screen.errTerminal()) {
      if (complete || drawnAt == Long.MIN_VALUE || now - drawnAt >= REDRAW_NANOS) {
        drawnAt = now;
        redraw(ProgressLine.draw(what, done, total, rate.bytesPerSecond(), screen.columns()));
      }
      return;
    }
    int tenth = ProgressLine.percent(done, total) / TENTH;
    if (tenth > tenths) {
      tenths = tenth;
      out()
          .printf(
              "%s %d%% (%s of %s)%n",
              what, tenth * TENTH, HumanSize.of(done), total > 0 ? HumanSize.of(total) : "?");
    }
  }

  /** A word on the current phase in the same line, e.g. "verifying". */
  public void say(String phase) {
    if (screen.errTerminal()) {
      redraw(what + " " + phase);
    } else {
      out().println(what + " " + phase);
    }
  }

  /** Leaves the line as it stands and goes to the next one. */
  @Override
  public void close() {
    if (lineOpen) {
      out().println();
      lineOpen = false;
    }
  }

  private void redraw(String line) {
    out().print("\r" + line + "\033[K");
    out().flush();
    lineOpen = true;
  }

  private PrintStream out() {
    return screen.err();
  }
}
