package dev.tangram.cli.text;

import java.time.Duration;
import java.time.Instant;

/**
 * Distances in time, in the one unit that matters: {@code 2 minutes ago}, {@code 4 minutes from
 * now}.
 */
public final class Ago {
  private record Unit(String name, long seconds) {}

  private static final Unit[] UNITS = {
    new Unit("year", 365L * 86_400),
    new Unit("month", 30L * 86_400),
    new Unit("week", 7L * 86_400),
    new Unit("day", 86_400),
    new Unit("hour", 3_600),
    new Unit("minute", 60),
    new Unit("second", 1)
  };

  private Ago() {}

  public static String of(Instant then, Instant now) {
    Duration past = Duration.between(then, now);
    long seconds = Math.abs(past.toSeconds());
    for (Unit unit : UNITS) {
      long count = seconds / unit.seconds;
      if (count > 0) {
        return "%d %s%s %s"
            .formatted(
                count, unit.name, count == 1 ? "" : "s", past.isNegative() ? "from now" : "ago");
      }
    }
    return "just now";
  }
}
