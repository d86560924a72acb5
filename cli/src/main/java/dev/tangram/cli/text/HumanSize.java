package dev.tangram.cli.text;

import java.util.Locale;

/**
 * Byte counts as people write them, decimal as in Ollama and on disks: {@code 397 MB}, {@code 1.1
 * GB}.
 */
public final class HumanSize {
  private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};

  private HumanSize() {}

  /** Three figures at most; bytes are never rounded up to the next unit. */
  public static String of(long bytes) {
    if (bytes < 1000) {
      return bytes + " B";
    }
    double value = bytes;
    int unit = 0;
    // 999.5 would be shown as 1000: that is one of the next unit.
    while (value >= 999.5 && unit < UNITS.length - 1) {
      value /= 1000;
      unit++;
    }
    String number =
        value < 9.95
            ? String.format(Locale.ROOT, "%.1f", value)
            : String.format(Locale.ROOT, "%.0f", value);
    return number + " " + UNITS[unit];
  }

  /** Counts of weights: {@code 494M}, {@code 1.5B}. */
  public static String parameters(long count) {
    if (count < 1_000_000) {
      return Long.toString(count);
    }
    double value = count / 1e6;
    if (value < 999.5) {
      return String.format(Locale.ROOT, value < 9.95 ? "%.1fM" : "%.0fM", value);
    }
    return String.format(Locale.ROOT, value < 99_500 ? "%.1fB" : "%.0fB", value / 1000);
  }
}
