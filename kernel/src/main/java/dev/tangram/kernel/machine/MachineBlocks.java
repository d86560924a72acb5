package dev.tangram.kernel.machine;

import dev.tangram.kernel.machine.x86.SystemCode;
import dev.tangram.kernel.vector.BlockReader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Blocks of keys and values by code for x86-64: {@code prefetcht1} for a range of lines, which the
 * Vector API has no word for, and {@link Widening}, which is made when the first block is read that
 * is not f32.
 */
final class MachineBlocks implements BlockReader {
  private static final int LINE = 64;
  private static final int LINES = 8;

  /** Longer ranges are cut: no use to fetch what would be driven out before it is read. */
  private static final long BYTES_MAX = 64 << 10;

  private final Isa isa;
  private final Arena arena;
  private final MemorySegment prefetch;

  /** Null until it is needed. */
  private volatile BlockReader widening;

  /**
   * @param arena the life of the code
   * @throws UnsupportedOperationException if the system gives no executable memory
   */
  MachineBlocks(Isa isa, Arena arena) {
    this.isa = isa;
    this.arena = arena;
    prefetch = ExecutableMemory.of(SystemCode.prefetch(LINES, LINE), arena);
  }

  /** A hint: it reads nothing and faults nowhere. */
  @Override
  public void bring(long address, long bytes) {
    if (bytes > 0) {
      long rounds = Math.ceilDiv(Math.min(bytes, BYTES_MAX), (long) LINES * LINE);
      Words.call(prefetch, address, rounds, 0, 0, 0);
    }
  }

  @Override
  public void halves(MemorySegment memory, long at, int count, MemorySegment out) {
    widening().halves(memory, at, count, out);
  }

  @Override
  public void keys(MemorySegment memory, long scales, long quants, int rows, MemorySegment out) {
    widening().keys(memory, scales, quants, rows, out);
  }

  @Override
  public void values(
      MemorySegment memory, long scales, long quants, int groups, MemorySegment out) {
    widening().values(memory, scales, quants, groups, out);
  }

  private BlockReader widening() {
    BlockReader ready = widening;
    return ready != null ? ready : prepare();
  }

  private synchronized BlockReader prepare() {
    if (widening == null) {
      widening = Widening.triedOut(isa, arena);
    }
    return widening;
  }
}
