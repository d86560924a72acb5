package dev.tangram.fleet.day;

/**
 * How traffic goes up and down over a day: a cosine with its top at {@code peakHour}, where it is
 * what was demanded, and {@code night} of it twelve hours away.
 *
 * @param night share of the demand at the quietest time, 0 to 1
 * @param peakHour 0 to 24
 */
public record DayShape(double night, double peakHour) {
  static final int HOURS = 24;

  public DayShape {
    if (!(night >= 0 && night <= 1)) {
      throw new IllegalArgumentException("night: found %s, allowed: 0 to 1".formatted(night));
    }
    if (!(peakHour >= 0 && peakHour <= HOURS)) {
      throw new IllegalArgumentException(
          "peak hour: found %s, allowed: 0 to 24".formatted(peakHour));
    }
  }

  /** Share of the demand in the middle of an hour. */
  public double share(int hour) {
    double angle = 2 * Math.PI * (hour + 0.5 - peakHour) / HOURS;
    return night + (1 - night) * (1 + Math.cos(angle)) / 2;
  }
}
