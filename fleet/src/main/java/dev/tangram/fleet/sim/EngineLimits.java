package dev.tangram.fleet.sim;

import dev.tangram.fleet.cost.Roofline;
import dev.tangram.schedule.admit.AdmissionLimits;
import dev.tangram.schedule.batch.BatchLimits;

/**
 * Bounds of one replica's engine.
 *
 * @param blocks of keys and values
 * @param blockLength tokens of a block
 * @param snapshots of recurrent states; {@link #NO_STATES} for a model without any
 */
public record EngineLimits(
    int blocks, int blockLength, int snapshots, BatchLimits batch, AdmissionLimits admission) {
  /** Tokens whose keys and values fit. */
  public long cacheTokens() {
    return (long) blocks * blockLength;
  }

  /** Of a model that has no recurrent layers. */
  public static final int NO_STATES = -1;

  /** Requests in line at one replica; a simulation that holds more has no answer worth reading. */
  private static final int WAITING_MAX = 1 << 22;

  /**
   * What fits a replica's memory. Constant parts of sequences take at most half of the room: where
   * they would take more, fewer sequences run. With recurrent layers a quarter of the room is for
   * snapshots.
   *
   * @param sequencesMax the engine's own limit
   * @param stepTokensMax tokens in one step
   * @param waitNanosMax expected wait beyond which a request is refused
   * @throws IllegalArgumentException if the weights leave no room for a block
   */
  public static EngineLimits of(
      Roofline roofline,
      boolean recurrent,
      int blockLength,
      int sequencesMax,
      int stepTokensMax,
      long waitNanosMax) {
    double room = roofline.roomBytes() * roofline.sequenceShards();
    double constant = roofline.sequenceBytes();
    int sequences = sequencesMax;
    if (constant > 0) {
      sequences = (int) Math.clamp(room / 2 / constant, 1, sequencesMax);
    }
    int snapshots = recurrent ? (int) Math.max(0, room / 4 / constant) : NO_STATES;
    double left = room - constant * (sequences + Math.max(0, snapshots));
    double blocks = Math.floor(left / roofline.tokenBytes() / blockLength);
    if (!(blocks >= 1)) {
      throw new IllegalArgumentException(
          "memory: found %.1f GB for sequences beside the weights of one chip, allowed: room for one block of %d tokens"
              .formatted(roofline.roomBytes() / 1e9, blockLength));
    }
    return of(
        (int) Math.min(blocks, 1 << 24),
        blockLength,
        snapshots,
        sequences,
        stepTokensMax,
        waitNanosMax);
  }

  /** As above, with what fits already known. */
  public static EngineLimits of(
      int blocks,
      int blockLength,
      int snapshots,
      int sequencesMax,
      int stepTokensMax,
      long waitNanosMax) {
    // Whatever is admitted must fit when it runs alone.
    int context = (int) Math.min(Integer.MAX_VALUE, (long) blocks * blockLength);
    return new EngineLimits(
        blocks,
        blockLength,
        snapshots,
        new BatchLimits(sequencesMax, Math.max(stepTokensMax, sequencesMax), 0),
        new AdmissionLimits(context, WAITING_MAX, Long.MAX_VALUE / 2, waitNanosMax));
  }
}
