package dev.tangram.kernel.vector;

/**
 * Tells the processor what will be read soon. Without, every block of keys and values is a
 * surprise: the hardware's own guesses stop at the end of a page, and a block is no larger.
 */
public interface Ahead {
  /** Where there is no way to tell. */
  Ahead NOTHING = (address, bytes) -> {};

  /**
   * Brings memory into the second-level cache some time soon, without waiting for it.
   *
   * @param address of the first byte; one that is not mapped, or no longer, does no harm
   */
  void bring(long address, long bytes);
}
