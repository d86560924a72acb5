package dev.tangram.fleet.day;

/**
 * What a simulated day assumes beyond the plan.
 *
 * @param replicasSampled of each group at most; their requests are simulated one by one
 * @param hourSeconds of each hour that are simulated, more than 0
 * @param lengthVariation standard deviation of prompts and answers by their mean
 * @param failureDays a server fails once in so many days in the mean; infinite for never
 * @param repairHours until a failed server is back
 * @param loadBytesPerSecond at which a server reads weights, from where they are kept
 * @param startSeconds of an engine beside its weights
 */
public record DayOptions(
    long seed,
    DayShape shape,
    int replicasSampled,
    double hourSeconds,
    double lengthVariation,
    double failureDays,
    double repairHours,
    double loadBytesPerSecond,
    double startSeconds) {
  /**
   * A server fails once in 264 days: 419 unexpected interruptions in 54 days on the 2,048 servers
   * that trained Llama 3 (Grattafiori et al. 2024, table 5). The others are assumptions.
   */
  public static final DayOptions DEFAULT =
      new DayOptions(1, new DayShape(0.3, 15), 2, 60, 1, 264, 4, 2e9, 60);

  public DayOptions {
    if (replicasSampled < 1
        || !(hourSeconds > 0 && hourSeconds <= 3600)
        || !(lengthVariation >= 0)
        || !(failureDays > 0)
        || !(repairHours > 0)
        || !(loadBytesPerSecond > 0)
        || !(startSeconds >= 0)) {
      throw new IllegalArgumentException(
          "day: found %d replicas, %s s an hour, variation %s, failures once in %s days, repair in %s h; allowed: 1 or more, more than 0 up to 3600, 0 or more, more than 0, more than 0"
              .formatted(replicasSampled, hourSeconds, lengthVariation, failureDays, repairHours));
    }
  }
}
