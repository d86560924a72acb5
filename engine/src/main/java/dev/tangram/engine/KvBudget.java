package dev.tangram.engine;

import dev.tangram.engine.model.Shape;
import dev.tangram.kernel.KvMemory;
import dev.tangram.kernel.StateMemory;
import dev.tangram.schedule.block.BlockLedger;
import dev.tangram.schedule.block.StateLedger;
import java.lang.management.ManagementFactory;

/**
 * How an engine's one budget is shared out between KV blocks and recurrent states, and how long a
 * sequence may therefore be. In this order:
 *
 * <ol>
 *   <li>a state for one sequence, and the blocks of the context that was asked for, or else one
 *       block: less is refused;
 *   <li>a state for each further sequence, up to the number that was asked for, as long as states
 *       take at most half of the budget: a small budget runs fewer sequences at once;
 *   <li>of what is left a quarter for snapshots of states, as far as the context that was asked for
 *       leaves it;
 *   <li>blocks for the rest.
 * </ol>
 *
 * @param blocks of {@link KvMemory#BLOCK_LENGTH} positions
 * @param contextLength the model's, or what was asked for, or what fits the blocks: the least of
 *     these
 * @param sequencesMax sequences that may run at once
 * @param snapshots kept states of prefixes; 0 if the model has no recurrent layers
 */
record KvBudget(int blocks, int contextLength, int sequencesMax, int snapshots) {
  /** Bounds what looking for the least recently used one costs. */
  private static final int SNAPSHOTS_MAX = 4096;

  /** Tokens between the snapshots of a long prompt, if all of a context's take half of them. */
  private static final int INTERVAL_MIN = 1024;

  static KvBudget of(Shape shape, EngineOptions options, int sequencesWanted) {
    return of(shape, options, sequencesWanted, machineBytes());
  }

  static KvBudget of(Shape shape, EngineOptions options, int sequencesWanted, long machineBytes) {
    boolean contextAsked = options.contextLength() > 0;
    if (options.contextLength() > shape.contextLength()) {
      throw new IllegalArgumentException(
          "context: found %d, allowed: at most %d, which is what this model was made for"
              .formatted(options.contextLength(), shape.contextLength()));
    }
    long blockBytes =
        KvMemory.bytesPerBlock(
            shape.kvLayers(), shape.kvHeads(), shape.headSize(), options.kvType());
    long stateBytes = stateBytes(shape);
    int wanted = contextAsked ? options.contextLength() : shape.contextLength();
    long wantedBlocks = Math.ceilDiv(wanted, KvMemory.BLOCK_LENGTH);
    long most = options.kvCacheBytes();
    if (most <= 0) {
      long snapshotShare = stateBytes > 0 ? wantedBlocks * blockBytes / 3 : 0;
      long enough = sequencesWanted * stateBytes + wantedBlocks * blockBytes + snapshotShare;
      most = Math.min(machineBytes / 4, enough);
    }
    long firstBlocks = contextAsked ? wantedBlocks : 1;
    if (most < stateBytes + firstBlocks * blockBytes) {
      throw tooSmall(options, most, blockBytes, stateBytes, firstBlocks);
    }
    long statesMost = Math.min(most / 2, most - firstBlocks * blockBytes);
    int sequences =
        stateBytes == 0
            ? sequencesWanted
            : Math.clamp(statesMost / stateBytes, 1, sequencesWanted);
    long left = most - sequences * stateBytes;
    long snapshotsMost = Math.min(left / 4, left - firstBlocks * blockBytes);
    int snapshots =
        stateBytes == 0 ? 0 : (int) Math.min(snapshotsMost / stateBytes, SNAPSHOTS_MAX);
    long blocks = (left - snapshots * stateBytes) / blockBytes;
    if (options.kvCacheBytes() <= 0) {
      blocks = Math.min(blocks, wantedBlocks);
    }
    blocks = Math.min(blocks, Integer.MAX_VALUE / KvMemory.BLOCK_LENGTH);
    int context = (int) Math.min(wanted, blocks * KvMemory.BLOCK_LENGTH);
    return new KvBudget((int) blocks, context, sequences, snapshots);
  }

  private static IllegalArgumentException tooSmall(
      EngineOptions options, long most, long blockBytes, long stateBytes, long firstBlocks) {
    String state = stateBytes == 0 ? "" : " and a recurrent state of %d".formatted(stateBytes);
    long needed = stateBytes + firstBlocks * blockBytes;
    return new IllegalArgumentException(
        options.contextLength() > 0
            ? "context: %d positions need %d bytes of keys and values%s, kv-cache-memory allows %d"
                .formatted(options.contextLength(), firstBlocks * blockBytes, state, most)
            : "kv-cache-memory: found %d bytes, allowed: at least %d (one block of %d positions%s)"
                .formatted(most, needed, KvMemory.BLOCK_LENGTH, state));
  }

  private static long stateBytes(Shape shape) {
    return shape.stateLayers() == 0
        ? 0
        : StateMemory.bytesPerSlot(shape.stateLayers(), shape.convolution(), shape.recurrent());
  }

  /** Slots of state memory: of sequences, then of snapshots. */
  int slots() {
    return sequencesMax + snapshots;
  }

  /** Tokens between the snapshots of a long prompt. */
  int interval() {
    int most = snapshots == 0 ? 0 : Math.ceilDiv(2 * contextLength, snapshots);
    return Math.ceilDiv(Math.max(most, INTERVAL_MIN), KvMemory.BLOCK_LENGTH)
        * KvMemory.BLOCK_LENGTH;
  }

  /** The books of this budget, for a model of this shape. */
  BlockLedger ledger(Shape shape) {
    int length = KvMemory.BLOCK_LENGTH;
    return shape.stateLayers() == 0
        ? new BlockLedger(blocks, length)
        : new BlockLedger(
            blocks, length, new StateLedger(sequencesMax, snapshots, length, interval()), null);
  }

  private static long machineBytes() {
    var system =
        ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class);
    return system.getTotalMemorySize();
  }
}
