package dev.tangram.cli.text;

import java.io.PrintStream;

/**
 * Shows how many of some steps are done, in one line that is gone at the end; nothing where nobody
 * watches.
 *
 * <p>Threads: one.
 */
public final class StepMeter implements AutoCloseable {
  private final String what;
  private final Screen screen;
  private boolean lineOpen;

  public StepMeter(String what, Screen screen) {
    this.what = what;
    this.screen = screen;
  }

  public void progress(int done, int total) {
    if (screen.errTerminal()) {
      PrintStream out = screen.err();
      out.print("\r" + ProgressLine.steps(what, done, total, screen.columns()) + "\033[K");
      out.flush();
      lineOpen = true;
    }
  }

  @Override
  public void close() {
    if (lineOpen) {
      screen.err().print("\r\033[K");
      screen.err().flush();
      lineOpen = false;
    }
  }
}
