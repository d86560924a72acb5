package dev.tangram.kernel.machine;

import dev.tangram.kernel.machine.x86.SystemCode;
import dev.tangram.kernel.vector.BlockReader;
import dev.tangram.kernel.vector.RunSums;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Optional;

/**
 * Blocks of keys and values by code for x86-64: {@code prefetcht1} for a range of lines, which the
 * Vector API has no word for, {@link Widening} and {@link AttentionSums}, which are made and tried
 * out when the first block is read that needs them.
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

  /** One for each head size and kind of elements that was asked for; grows by being replaced. */
  private volatile Sums[] sums = {};

  private record Sums(boolean halves, int size, Optional<RunSums> code) {}

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

  @Override
  public Optional<RunSums> sums(boolean halves, int size) {
    Optional<RunSums> known = known(halves, size);
    return known != null ? known : prepare(halves, size);
  }

  /** Null if it was never asked for. */
  private Optional<RunSums> known(boolean halves, int size) {
    for (Sums one : sums) {
      if (one.halves == halves && one.size == size) {
        return one.code;
      }
    }
    return null;
  }

  private synchronized Optional<RunSums> prepare(boolean halves, int size) {
    Optional<RunSums> known = known(halves, size);
    if (known == null) {
      known = AttentionSums.triedOut(isa, size, halves, arena);
      Sums[] more = Arrays.copyOf(sums, sums.length + 1);
      more[sums.length] = new Sums(halves, size, known);
      sums = more;
    }
    return known;
  }
}
