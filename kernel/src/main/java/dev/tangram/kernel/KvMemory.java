package dev.tangram.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Keys and values of all layers in fixed blocks of B positions, off-heap, in one {@link KvType}.
 *
 * <p>Layout of one layer's block, per KV head: keys transposed so that one SIMD lane is one
 * position, then values row by row:
 *
 * <pre>
 *   block(layer, b) = [K heads][ keys S x B | values B x R ]      R = S, padded: KvType.rowLength
 *   f32, f16          key(s, slot) = keys + s * B + slot          value(slot, s) = values + slot * R + s
 *   q8_0  keys        [ scales ceil(S/32) x B, f32 | S x B bytes ]
 *         values      [ scales B x ceil(S/32), f32 | B x R bytes ]
 * </pre>
 *
 * <p>Layers that see only a window may keep their keys and values in blocks of their own, fewer
 * than the others have: a span then has a table for each kind.
 *
 * <p>Memory comes in slabs of a few neighbouring blocks of one layer, each allocated when it is
 * first written: an arena zero-fills what it hands out, and a budget for the longest context would
 * be filled at start for a short chat.
 *
 * <p>Threads: written and read only by the kernels its engine calls, which may share a call out
 * over their workers; no two engines share one.
 */
public final class KvMemory implements AutoCloseable {
  /** B: positions in a block; one 512-bit register of floats. */
  public static final int BLOCK_LENGTH = 16;

  /** A slab is at least this large, so that small models do not allocate block by block. */
  private static final long SLAB_BYTES_MIN = 64 << 10;

  /** Slabs of a layer at most; bounds the mappings a process needs for the largest budgets. */
  private static final int SLABS_MAX = 512;

  private final int layers;
  private final int blocks;
  private final int kvHeads;
  private final int headSize;
  private final KvType type;
  private final int windowBlocks;
  // Null if no layer has blocks of its own.
  private final boolean[] windowed;
  private final int slabShift;
  private final Arena arena;

  // Filled from null once, by whoever first writes to a slab. A reader was told of the block by a
  // call that came after.
  private final MemorySegment[][] slabs;
  private volatile long bytesHeld;

  /**
   * As {@link #KvMemory(int, int, int, int, KvType)}, f32.
   *
   * @throws ArithmeticException if that many bytes cannot be counted
   */
  public KvMemory(int layers, int blocks, int kvHeads, int headSize) {
    this(layers, blocks, kvHeads, headSize, KvType.F32);
  }

  /**
   * Sets a limit of {@link #bytesPerBlock} times {@code blocks} bytes; takes no memory yet.
   *
   * @throws ArithmeticException if that many bytes cannot be counted
   */
  public KvMemory(int layers, int blocks, int kvHeads, int headSize, KvType type) {
    this(layers, blocks, kvHeads, headSize, type, null, 0);
  }

  /**
   * As the other, but some layers have {@code windowBlocks} blocks of their own.
   *
   * @param windowed which layers; null for none
   * @throws ArithmeticException if that many bytes cannot be counted
   */
  public KvMemory(
      int layers,
      int blocks,
      int kvHeads,
      int headSize,
      KvType type,
      boolean[] windowed,
      int windowBlocks) {
    if (windowed != null && (windowed.length != layers || windowBlocks < 1)) {
      throw new IllegalArgumentException(
          "windowed %d of %d layers, windowBlocks %d: each layer, at least 1"
              .formatted(windowed.length, layers, windowBlocks));
    }
    if (layers < 1 || blocks < 1 || kvHeads < 1 || headSize < 1) {
      throw new IllegalArgumentException(
          "layers %d, blocks %d, kvHeads %d, headSize %d: each must be at least 1"
              .formatted(layers, blocks, kvHeads, headSize));
    }
    this.layers = layers;
    this.blocks = blocks;
    this.kvHeads = kvHeads;
    this.headSize = headSize;
    this.type = type;
    this.windowed = windowed == null ? null : windowed.clone();
    this.windowBlocks = windowBlocks;
    Math.multiplyExact(bytesPerBlock(layers, kvHeads, headSize, type), (long) blocks);
    long blockBytes = blockBytesPerLayer(kvHeads, headSize, type);
    long wanted =
        Math.max(Math.ceilDiv(SLAB_BYTES_MIN, blockBytes), Math.ceilDiv(blocks, SLABS_MAX));
    this.slabShift = Long.SIZE - Long.numberOfLeadingZeros(wanted - 1);
    this.slabs = new MemorySegment[layers][];
    for (int layer = 0; layer < layers; layer++) {
      slabs[layer] = new MemorySegment[((blocksOf(layer) - 1) >> slabShift) + 1];
    }
    this.arena = Arena.ofShared();
  }

  /** Bytes one block takes over all layers. */
  public static long bytesPerBlock(int layers, int kvHeads, int headSize, KvType type) {
    return Math.multiplyExact(blockBytesPerLayer(kvHeads, headSize, type), (long) layers);
  }

  private static long blockBytesPerLayer(int kvHeads, int headSize, KvType type) {
    return kvHeads * (type.keyBytes(headSize) + type.valueBytes(headSize));
  }

  public int layers() {
    return layers;
  }

  public int blocks() {
    return blocks;
  }

  public int kvHeads() {
    return kvHeads;
  }

  public int headSize() {
    return headSize;
  }

  public KvType type() {
    return type;
  }

  private int blocksOf(int layer) {
    return windowed != null && windowed[layer] ? windowBlocks : blocks;
  }

  /** The block table of a span that a layer's blocks are looked up in. */
  public int[] table(int layer, Span span) {
    return windowed != null && windowed[layer] ? span.windows() : span.blocks();
  }

  /** Bytes of all blocks of all layers: the most this may come to hold. */
  public long bytes() {
    long sum = 0;
    for (int layer = 0; layer < layers; layer++) {
      sum += blockBytesPerLayer(kvHeads, headSize, type) * blocksOf(layer);
    }
    return sum;
  }

  /** Bytes allocated so far. */
  public long bytesHeld() {
    return bytesHeld;
  }

  /**
   * The memory of one layer that holds a block, to be read at {@link #offset}.
   *
   * @throws IllegalStateException if no block of that slab was ever written
   */
  public MemorySegment slab(int layer, int block) {
    MemorySegment slab = slabs[layer][block >> slabShift];
    if (slab == null) {
      throw new IllegalStateException(
          "layer %d, block %d was never stored".formatted(layer, block));
    }
    return slab;
  }

  /**
   * As {@link #slab}, but allocates it, zeroed, if it is not there yet.
   *
   * @throws OutOfMemoryError if the machine has none left
   */
  public MemorySegment slabToWrite(int layer, int block) {
    MemorySegment slab = slabs[layer][block >> slabShift];
    return slab != null ? slab : allocate(layer, block >> slabShift);
  }

  private synchronized MemorySegment allocate(int layer, int index) {
    if (slabs[layer][index] == null) {
      int first = index << slabShift;
      long bytes =
          blockBytesPerLayer(kvHeads, headSize, type)
              * Math.min(1 << slabShift, blocksOf(layer) - first);
      slabs[layer][index] = arena.allocate(bytes, 64);
      bytesHeld += bytes;
    }
    return slabs[layer][index];
  }

  /**
   * Byte offset of the keys of one head of one block inside its slab; the values follow {@link
   * KvType#keyBytes} later.
   */
  public long offset(int block, int kvHead) {
    // Which of both kinds the block is of, its slab has checked.
    if (block < 0 || block >= Math.max(blocks, windowBlocks) || kvHead < 0 || kvHead >= kvHeads) {
      throw new IndexOutOfBoundsException(
          "block %d of %d, head %d of %d".formatted(block, blocks, kvHead, kvHeads));
    }
    long inSlab = block & ((1 << slabShift) - 1);
    return (inSlab * kvHeads + kvHead) * (type.keyBytes(headSize) + type.valueBytes(headSize));
  }

  @Override
  public void close() {
    arena.close();
  }
}
