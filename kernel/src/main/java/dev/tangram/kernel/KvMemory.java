package dev.tangram.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Keys and values of all layers in fixed blocks of B positions, off-heap, f32.
 *
 * <p>Layout of one layer's block, per KV head: keys transposed so that one SIMD lane is one position, then values row
 * by row:
 *
 * <pre>
 *   block(layer, b) = [K heads][ keys S x B floats | values B x S floats ]
 *   key(s, slot)    = head base + (s * B + slot) floats
 *   value(slot, s)  = head base + S * B + (slot * S + s) floats
 * </pre>
 *
 * <p>Threads: written and read only by the kernels its engine calls; no two engines share one.
 */
public final class KvMemory implements AutoCloseable {
  /** B: positions in a block; one 512-bit register of floats. */
  public static final int BLOCK_LENGTH = 16;

  private final int layers;
  private final int blocks;
  private final int kvHeads;
  private final int headSize;
  private final Arena arena;
  private final MemorySegment[] memory;

  /**
   * Reserves {@link #bytesPerBlock} times {@code blocks} bytes. Pages are touched first when written.
   *
   * @throws OutOfMemoryError if the address space cannot be had
   */
  public KvMemory(int layers, int blocks, int kvHeads, int headSize) {
    if (layers < 1 || blocks < 1 || kvHeads < 1 || headSize < 1) {
      throw new IllegalArgumentException(
          "layers %d, blocks %d, kvHeads %d, headSize %d: each must be at least 1"
              .formatted(layers, blocks, kvHeads, headSize));
    }
    this.layers = layers;
    this.blocks = blocks;
    this.kvHeads = kvHeads;
    this.headSize = headSize;
    this.arena = Arena.ofShared();
    this.memory = new MemorySegment[layers];
    long layerBytes = Math.multiplyExact(blockBytesPerLayer(kvHeads, headSize), (long) blocks);
    for (int i = 0; i < layers; i++) {
      memory[i] = arena.allocate(layerBytes, 64);
    }
  }

  /** Bytes one block takes over all layers. */
  public static long bytesPerBlock(int layers, int kvHeads, int headSize) {
    return Math.multiplyExact(blockBytesPerLayer(kvHeads, headSize), (long) layers);
  }

  private static long blockBytesPerLayer(int kvHeads, int headSize) {
    return 2L * kvHeads * headSize * BLOCK_LENGTH * ValueLayout.JAVA_FLOAT.byteSize();
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

  /** Bytes held, over all layers. */
  public long bytes() {
    return bytesPerBlock(layers, kvHeads, headSize) * blocks;
  }

  /** All blocks of one layer. */
  public MemorySegment layer(int layer) {
    return memory[layer];
  }

  /** Byte offset of the keys of one head of one block inside {@link #layer}; the values follow S B floats later. */
  public long offset(int block, int kvHead) {
    if (block < 0 || block >= blocks || kvHead < 0 || kvHead >= kvHeads) {
      throw new IndexOutOfBoundsException(
          "block %d of %d, head %d of %d".formatted(block, blocks, kvHead, kvHeads));
    }
    return ((long) block * kvHeads + kvHead) * 2L * headSize * BLOCK_LENGTH * ValueLayout.JAVA_FLOAT.byteSize();
  }

  @Override
  public void close() {
    arena.close();
  }
}
