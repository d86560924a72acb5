package dev.tangram.fleet.sim;

/**
 * What a run came to. Two runs of the same fleet, workload and seed are equal.
 *
 * @param seconds from the start to the last thing that happened
 * @param requests arrived = finished + refused
 * @param good finished within the objective
 * @param retried times that a request began anew because its replica had died
 * @param preemptions times that a sequence gave up its blocks
 * @param switches times that a host took another model
 * @param events arrivals, ends of steps, starts and deaths
 * @param sequenceSteps chunks and tokens: what all steps together did, sequence by sequence
 * @param promptTokens of finished requests; of these {@code cachedTokens} were not read again
 * @param readTokens prompt tokens that ran, those read a second time included
 * @param outputTokens of finished requests; of these {@code goodTokens} were of good ones
 * @param lostTokens made, but their replica died before the answer was whole
 * @param busySeconds of all hosts together, a step being under way
 * @param busyShare of the hosts' time
 * @param modelsActive mean number of models that had a request in the fleet
 */
public record Outcome(
    double seconds,
    int requests,
    int finished,
    int refused,
    int good,
    long retried,
    long preemptions,
    long switches,
    long events,
    long steps,
    long sequenceSteps,
    long promptTokens,
    long cachedTokens,
    long readTokens,
    long outputTokens,
    long goodTokens,
    long lostTokens,
    double busySeconds,
    double busyShare,
    double modelsActive,
    Quantiles ttftSeconds,
    Quantiles tpotSeconds,
    Quantiles endSeconds) {
  public double outputTokensPerSecond() {
    return seconds == 0 ? 0 : outputTokens / seconds;
  }

  /** Tokens of good requests, per second. */
  public double goodput() {
    return seconds == 0 ? 0 : goodTokens / seconds;
  }

  /** Share of all requests that were good; 1 if there were none. */
  public double goodShare() {
    return requests == 0 ? 1 : (double) good / requests;
  }
}
