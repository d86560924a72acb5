package dev.tangram.engine;

import dev.tangram.engine.model.Shape;
import dev.tangram.kernel.KvMemory;
import java.lang.management.ManagementFactory;

/**
 * How many KV blocks an engine gets, and how long a sequence may therefore be.
 *
 * @param blocks of {@link KvMemory#BLOCK_LENGTH} positions
 * @param contextLength the model's, or what was asked for, or what fits the blocks: the least of
 *     these
 */
record KvBudget(int blocks, int contextLength) {
  static KvBudget of(Shape shape, EngineOptions options) {
    if (options.contextLength() > shape.contextLength()) {
      throw new IllegalArgumentException(
          "context: found %d, allowed: at most %d, which is what this model was made for"
              .formatted(options.contextLength(), shape.contextLength()));
    }
    long blockBytes = KvMemory.bytesPerBlock(shape.kvLayers(), shape.kvHeads(), shape.headSize());
    int wanted = options.contextLength() > 0 ? options.contextLength() : shape.contextLength();
    long wantedBlocks = Math.ceilDiv(wanted, KvMemory.BLOCK_LENGTH);
    long most = options.kvCacheBytes() > 0 ? options.kvCacheBytes() : machineBytes() / 4;
    long blocks =
        options.kvCacheBytes() > 0 ? most / blockBytes : Math.min(wantedBlocks, most / blockBytes);
    if (blocks < 1) {
      throw new IllegalArgumentException(
          "kv-cache-memory: found %d bytes, allowed: at least %d (one block of %d positions)"
              .formatted(most, blockBytes, KvMemory.BLOCK_LENGTH));
    }
    blocks = Math.min(blocks, Integer.MAX_VALUE / KvMemory.BLOCK_LENGTH);
    if (options.contextLength() > 0 && blocks < wantedBlocks) {
      throw new IllegalArgumentException(
          "context: %d positions need %d bytes of keys and values, kv-cache-memory allows %d"
              .formatted(options.contextLength(), wantedBlocks * blockBytes, most));
    }
    return new KvBudget((int) blocks, (int) Math.min(wanted, blocks * KvMemory.BLOCK_LENGTH));
  }

  private static long machineBytes() {
    var system =
        ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class);
    return system.getTotalMemorySize();
  }
}
