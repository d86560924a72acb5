package dev.tangram.fleet.day;

import dev.tangram.fleet.workload.Lengths;
import dev.tangram.fleet.workload.Request;
import dev.tangram.fleet.workload.Workload;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Independent arrivals of one model, at a rate that changes from hour to hour. An hour takes {@code
 * hourSeconds} here.
 */
final class DayWorkload implements Workload {
  private static final double NANOS = 1e9;

  private final SplittableRandom random;
  private final double[] rates;
  private final double hourSeconds;
  private final Lengths lengths;
  private double seconds;

  /**
   * @param rates arrivals a second in each hour
   */
  DayWorkload(long seed, double[] rates, double hourSeconds, Lengths lengths) {
    this.random = new SplittableRandom(seed);
    this.rates = rates;
    this.hourSeconds = hourSeconds;
    this.lengths = lengths;
  }

  @Override
  public Optional<Request> next() {
    int hour = (int) (seconds / hourSeconds);
    while (hour < rates.length) {
      double gap = -Math.log(1 - random.nextDouble()) / rates[hour];
      if (seconds + gap < (hour + 1) * hourSeconds) {
        seconds += gap;
        Lengths.Pair pair = lengths.draw(random);
        return Optional.of(
            Request.unique((long) (seconds * NANOS), 0, pair.prompt(), pair.output()));
      }
      // Arrivals do not remember: from the hour's end on the next one's rate counts.
      hour++;
      seconds = hour * hourSeconds;
    }
    return Optional.empty();
  }
}
