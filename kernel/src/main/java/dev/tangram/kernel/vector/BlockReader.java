package dev.tangram.kernel.vector;

import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * How blocks of keys and values are read: told of before, turned into f32, and met with queries.
 * The methods here are what Java has words for; another tier may have better ones, with the same
 * results.
 *
 * <p>Threads: any.
 */
public interface BlockReader {
  /** Positions of a run: see {@link AttentionTile}. */
  int RUN = 512;

  /** Blocks between the one that is read and the one that is told of. */
  int AHEAD = 2;

  /** The vector tier's. */
  BlockReader VECTOR = new BlockReader() {};

  /**
   * Brings memory into the second-level cache some time soon, without waiting for it. Without,
   * every block is a surprise: the hardware's own guesses stop at the end of a page, and a block is
   * no larger.
   *
   * @param address of the first byte; one that is not mapped, or no longer, does no harm
   */
  default void bring(long address, long bytes) {}

  /**
   * Halves as floats.
   *
   * @param memory off-heap, as {@code out} is, and both at least until the call returns
   * @param count a multiple of 16
   */
  default void halves(MemorySegment memory, long at, int count, MemorySegment out) {
    Unpacked.halves(memory, at, count, out);
  }

  /**
   * Keys of q8_0, [rows, 16], as floats.
   *
   * @param memory off-heap, as {@code out} is, and both at least until the call returns
   * @param scales of 16 positions for each 32 rows
   * @param quants of 16 positions for each row
   */
  default void keys(MemorySegment memory, long scales, long quants, int rows, MemorySegment out) {
    Unpacked.scaledKeys(memory, scales, quants, rows, out);
  }

  /**
   * Values of q8_0, 32 in a group, as floats.
   *
   * @param memory off-heap, as {@code out} is, and both at least until the call returns
   * @param scales one for each group
   */
  default void values(
      MemorySegment memory, long scales, long quants, int groups, MemorySegment out) {
    Unpacked.scaledValues(memory, scales, quants, groups, out);
  }

  /**
   * What computes scores and weighted values of blocks as they are stored; empty if the Vector
   * API's loops do.
   *
   * @param halves whether keys and values are halves instead of floats
   * @param size of a head
   */
  default Optional<RunSums> sums(boolean halves, int size) {
    return Optional.empty();
  }
}
