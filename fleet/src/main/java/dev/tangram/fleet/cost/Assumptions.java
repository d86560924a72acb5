package dev.tangram.fleet.cost;

/**
 * What the cost model takes for granted, the same for every chip and engine; not calibrated.
 *
 * @param memoryShare of a chip's memory for weights and sequences; the rest is activations, engine
 * @param sequencesMax an engine's own limit, where memory would allow more
 * @param overlap exponent p of {@code (memory^p + compute^p)^(1/p)}: 1 means that reading weights
 *     and multiplying never overlap, infinity that they always do
 * @param linkShare of a link's peak that a collective reaches
 * @param collectiveMicros to begin a collective
 * @param nodeChips more chips than that talk over the network
 * @param networkGigabytesPerSecond of one chip's network port, one direction
 */
public record Assumptions(
    double memoryShare,
    int sequencesMax,
    double overlap,
    double linkShare,
    double collectiveMicros,
    int nodeChips,
    double networkGigabytesPerSecond) {
  public static final Assumptions DEFAULT = new Assumptions(0.9, 2048, 1.5, 0.7, 15, 8, 50);
}
