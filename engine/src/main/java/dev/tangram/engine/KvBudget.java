package dev.tangram.engine;

import dev.tangram.engine.model.Shape;
import dev.tangram.kernel.KvMemory;
import dev.tangram.kernel.KvType;
import dev.tangram.kernel.StateMemory;
import dev.tangram.schedule.block.BlockLedger;
import dev.tangram.schedule.block.StateLedger;
import dev.tangram.schedule.block.WindowLedger;
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
 *   <li>before that an eighth of it for spare states, one for each sequence at most, if guesses are
 *       run: they need one to run on;
 *   <li>blocks for the rest. Layers that see a window have blocks of their own, as many as the
 *       windows of all sequences need, but no more than the other layers have: what is not in a
 *       window holds the windows of prefixes.
 * </ol>
 *
 * @param blocks of {@link KvMemory#BLOCK_LENGTH} positions
 * @param contextLength the model's, or what was asked for, or what fits the blocks: the least of
 *     these
 * @param sequencesMax sequences that may run at once
 * @param windowBlocks blocks of layers that see a window; 0 if the model has none
 * @param spares states of sequences that may run guesses in one step; 0 if the model has no
 *     recurrent layers
 * @param snapshots kept states of prefixes; 0 if the model has no recurrent layers
 */
record KvBudget(
    int blocks, int windowBlocks, int contextLength, int sequencesMax, int spares, int snapshots) {
  /** Bounds what looking for the least recently used one costs. */
  private static final int SNAPSHOTS_MAX = 4096;

  /** Tokens between the snapshots of a long prompt, if all of a context's take half of them. */
  private static final int INTERVAL_MIN = 1024;

  static KvBudget of(Shape shape, EngineOptions options, int sequencesWanted, int stepTokensMax) {
    return of(shape, options, sequencesWanted, stepTokensMax, machineBytes());
  }

  static KvBudget of(
      Shape shape,
      EngineOptions options,
      int sequencesWanted,
      int stepTokensMax,
      long machineBytes) {
    boolean contextAsked = options.contextLength() > 0;
    if (options.contextLength() > shape.contextLength()) {
      throw new IllegalArgumentException(
          "context: found %d, allowed: at most %d, which is what this model was made for"
              .formatted(options.contextLength(), shape.contextLength()));
    }
    BlockBytes block = BlockBytes.of(shape, options, sequencesWanted, stepTokensMax);
    long stateBytes = stateBytes(shape);
    int sparesWanted = stateBytes == 0 || !options.speculation().on() ? 0 : sequencesWanted;
    int wanted = contextAsked ? options.contextLength() : shape.contextLength();
    long wantedBlocks = Math.ceilDiv(wanted, KvMemory.BLOCK_LENGTH);
    long most = options.kvCacheBytes();
    if (most <= 0) {
      long enough = block.enough(wantedBlocks);
      enough += stateBytes > 0 ? sequencesWanted * stateBytes + enough / 3 : 0;
      enough += sparesWanted * stateBytes;
      most = Math.min(machineBytes / 4, enough);
    }
    long firstBlocks = contextAsked ? wantedBlocks : 1;
    long firstBytes = block.least(firstBlocks);
    if (most < stateBytes + firstBytes) {
      throw tooSmall(options, most, firstBytes, stateBytes);
    }
    long statesMost = Math.min(most / 2, most - firstBytes);
    int sequences =
        stateBytes == 0 ? sequencesWanted : Math.clamp(statesMost / stateBytes, 1, sequencesWanted);
    long left = most - sequences * stateBytes;
    long sparesMost = stateBytes == 0 ? 0 : Math.min(left / 8, left - firstBytes) / stateBytes;
    int spares = Math.clamp(sparesMost, 0, Math.min(sparesWanted, sequences));
    left -= spares * stateBytes;
    long snapshotsMost = Math.min(left / 4, left - firstBytes);
    int snapshots = stateBytes == 0 ? 0 : (int) Math.min(snapshotsMost / stateBytes, SNAPSHOTS_MAX);
    left -= snapshots * stateBytes;
    long windowBlocks = block.windowBlocks(left, firstBlocks);
    long blocks = (left - windowBlocks * block.windowed()) / block.whole();
    if (windowBlocks < block.windowOne()) {
      // Less than one window: then no sequence is longer than what there is of it.
      blocks = windowBlocks;
    }
    if (options.kvCacheBytes() <= 0) {
      blocks = Math.min(blocks, wantedBlocks);
    }
    blocks = Math.min(blocks, Integer.MAX_VALUE / KvMemory.BLOCK_LENGTH);
    windowBlocks = Math.min(windowBlocks, blocks);
    int context = (int) Math.min(wanted, blocks * KvMemory.BLOCK_LENGTH);
    return new KvBudget((int) blocks, (int) windowBlocks, context, sequences, spares, snapshots);
  }

  /**
   * What a block takes.
   *
   * @param whole bytes in the layers that keep everything
   * @param windowed bytes in the layers that keep a window
   * @param windowOne window blocks that one sequence needs in the largest step
   * @param windowAll window blocks that all sequences need
   */
  private record BlockBytes(long whole, long windowed, long windowOne, long windowAll) {
    static BlockBytes of(Shape shape, EngineOptions options, int sequences, int stepTokensMax) {
      KvType type = options.kvType();
      int decoded = options.speculation().on() ? 1 + options.speculation().tokensMax() : 1;
      int windowLayers = shape.windowLayers().size();
      long layer = KvMemory.bytesPerBlock(1, shape.kvHeads(), shape.headSize(), type);
      if (windowLayers == 0 || windowLayers == shape.kvLayers()) {
        return new BlockBytes(layer * shape.kvLayers(), 0, 0, 0);
      }
      long one = WindowLedger.perSequence(shape.window(), stepTokensMax, KvMemory.BLOCK_LENGTH);
      long other = WindowLedger.perSequence(shape.window(), decoded, KvMemory.BLOCK_LENGTH);
      return new BlockBytes(
          layer * (shape.kvLayers() - windowLayers),
          layer * windowLayers,
          one,
          one + (sequences - 1) * other);
    }

    /** Bytes without which a sequence of that many blocks cannot run alone. */
    long least(long blocks) {
      return blocks * whole + Math.min(blocks, windowOne) * windowed;
    }

    /** Bytes that leave nothing to wish for. */
    long enough(long blocks) {
      return blocks * whole + Math.min(blocks, windowAll) * windowed;
    }

    /** How many window blocks to have, if all blocks together take {@code bytes}. */
    long windowBlocks(long bytes, long firstBlocks) {
      if (windowed == 0) {
        return 0;
      }
      long most = Math.min(windowAll, (bytes - firstBlocks * whole) / windowed);
      return Math.min(most, bytes / (whole + windowed));
    }
  }

  private static IllegalArgumentException tooSmall(
      EngineOptions options, long most, long firstBytes, long stateBytes) {
    String state = stateBytes == 0 ? "" : " and a recurrent state of %d".formatted(stateBytes);
    return new IllegalArgumentException(
        options.contextLength() > 0
            ? "context: %d positions need %d bytes of keys and values%s, kv-cache-memory allows %d"
                .formatted(options.contextLength(), firstBytes, state, most)
            : "kv-cache-memory: found %d bytes, allowed: at least %d (one block of %d positions%s)"
                .formatted(most, stateBytes + firstBytes, KvMemory.BLOCK_LENGTH, state));
  }

  private static long stateBytes(Shape shape) {
    return shape.stateLayers() == 0
        ? 0
        : StateMemory.bytesPerSlot(shape.stateLayers(), shape.convolution(), shape.recurrent());
  }

  /** Slots of state memory: of sequences, spares included, then of snapshots. */
  int slots() {
    return sequencesMax + spares + snapshots;
  }

  /** Tokens between the snapshots of a long prompt. */
  int interval() {
    int most = snapshots == 0 ? 0 : Math.ceilDiv(2 * contextLength, snapshots);
    return Math.ceilDiv(Math.max(most, INTERVAL_MIN), KvMemory.BLOCK_LENGTH)
        * KvMemory.BLOCK_LENGTH;
  }

  /** The books of this budget, for a model of this shape. */
  BlockLedger ledger(Shape shape, int stepTokensMax) {
    int length = KvMemory.BLOCK_LENGTH;
    StateLedger states =
        shape.stateLayers() == 0
            ? null
            : new StateLedger(sequencesMax, spares, snapshots, length, interval());
    WindowLedger windows =
        windowBlocks == 0
            ? null
            : new WindowLedger(blocks, windowBlocks, shape.window(), stepTokensMax, length);
    return new BlockLedger(blocks, length, states, windows);
  }

  private static long machineBytes() {
    var system =
        ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class);
    return system.getTotalMemorySize();
  }
}
