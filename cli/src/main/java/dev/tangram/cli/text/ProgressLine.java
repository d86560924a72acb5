package dev.tangram.cli.text;

import java.time.Duration;
import java.util.Locale;

/** One line of a transfer: what, per cent, a bar, bytes, rate, time left. */
public final class ProgressLine {
  private static final int BAR_MOST = 40;
  private static final int BAR_LEAST = 5;

  private ProgressLine() {}

  /**
   * Draws the line.
   *
   * @param total bytes in all; 0 or less if unknown
   * @param bytesPerSecond 0 if not known yet
   * @param columns width of the terminal; the line is one shorter at most, so that it never wraps
   */
  public static String draw(
      String what, long done, long total, double bytesPerSecond, int columns) {
    String left = total > 0 ? "%s %3d%% ".formatted(what, percent(done, total)) : what + " ";
    StringBuilder right = new StringBuilder(" ").append(HumanSize.of(done));
    if (total > 0) {
      right.append('/').append(HumanSize.of(total));
    }
    if (bytesPerSecond > 0) {
      right.append("  ").append(HumanSize.of((long) bytesPerSecond)).append("/s");
      if (total > done) {
        right.append("  ").append(remaining((long) Math.ceil((total - done) / bytesPerSecond)));
      }
    }
    int room = columns - 1 - length(left) - length(right.toString()) - 2;
    String bar = total > 0 && room >= BAR_LEAST ? bar(done, total, Math.min(room, BAR_MOST)) : "";
    return cut(left + bar + right.toString().stripTrailing(), columns - 1);
  }

  /** As {@link #draw}, of steps that are counted. */
  static String steps(String what, long done, long total, int columns) {
    String left = "%s %3d%% ".formatted(what, percent(done, total));
    String right = " %d/%d".formatted(done, total);
    int room = columns - 1 - length(left) - length(right) - 2;
    String bar = room >= BAR_LEAST ? bar(done, total, Math.min(room, BAR_MOST)) : "";
    return cut(left + bar + right, columns - 1);
  }

  /** Whole per cent, rounded down: 100 means done. */
  public static int percent(long done, long total) {
    return total <= 0 ? 0 : (int) Math.min(100, Math.max(0, (long) (100.0 * done / total)));
  }

  private static String bar(long done, long total, int width) {
    int filled = (int) Math.min(width, width * Math.max(0, done) / total);
    return "▕" + "█".repeat(filled) + " ".repeat(width - filled) + "▏";
  }

  /** {@code 12s}, {@code 3m07s}, {@code 2h05m}. */
  static String remaining(long seconds) {
    Duration time = Duration.ofSeconds(seconds);
    if (time.toHours() > 0) {
      return String.format(Locale.ROOT, "%dh%02dm", time.toHours(), time.toMinutesPart());
    }
    return time.toMinutes() > 0
        ? String.format(Locale.ROOT, "%dm%02ds", time.toMinutes(), time.toSecondsPart())
        : seconds + "s";
  }

  private static String cut(String line, int most) {
    if (length(line) <= most) {
      return line;
    }
    return line.substring(0, line.offsetByCodePoints(0, Math.max(0, most)));
  }

  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }
}
