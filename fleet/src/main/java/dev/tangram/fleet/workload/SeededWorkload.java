package dev.tangram.fleet.workload;

import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** Requests of one or many equally wanted models, drawn from a seed. */
public final class SeededWorkload implements Workload {
  private static final double NANOS = 1e9;

  private final RandomGenerator random;
  private final Gaps gaps;
  private final Lengths lengths;
  private final int models;
  private final double untilSeconds;
  private double seconds;

  /**
   * @param gaps between arrivals of all models together
   * @param models each request is for one of them, each as likely as every other
   * @param untilSeconds no arrivals later than that
   */
  public SeededWorkload(long seed, Gaps gaps, Lengths lengths, int models, double untilSeconds) {
    if (models < 1 || !(untilSeconds > 0)) {
      throw new IllegalArgumentException(
          "workload: found %d models for %s s, allowed: 1 or more, more than 0"
              .formatted(models, untilSeconds));
    }
    this.random = new SplittableRandom(seed);
    this.gaps = gaps;
    this.lengths = lengths;
    this.models = models;
    this.untilSeconds = untilSeconds;
  }

  @Override
  public Optional<Request> next() {
    seconds += gaps.draw(random);
    if (seconds > untilSeconds) {
      return Optional.empty();
    }
    int model = models == 1 ? 0 : random.nextInt(models);
    Lengths.Pair pair = lengths.draw(random);
    return Optional.of(
        Request.unique((long) (seconds * NANOS), model, pair.prompt(), pair.output()));
  }
}
