package dev.tangram.kernel.machine;

import dev.tangram.kernel.machine.x86.SystemCode;
import dev.tangram.kernel.vector.Ahead;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * {@code prefetcht1} for a range of lines, which the Vector API has no word for. An instruction
 * that only hints: it reads nothing and faults nowhere.
 */
final class Prefetch implements Ahead {
  private static final int LINE = 64;
  private static final int LINES = 8;

  /** A call of some nanoseconds: the thread stays what it is, and the collector waits for it. */
  @SuppressWarnings("restricted")
  private static final MethodHandle CALL =
      Linker.nativeLinker()
          .downcallHandle(
              FunctionDescriptor.ofVoid(ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG),
              Linker.Option.critical(false));

  /** Longer ranges are cut: no use to fetch what would be driven out before it is read. */
  private static final long BYTES_MAX = 64 << 10;

  private final MemorySegment function;

  /**
   * @throws UnsupportedOperationException if the system gives no executable memory
   */
  Prefetch(Arena arena) {
    function = ExecutableMemory.of(SystemCode.prefetch(LINES, LINE), arena);
  }

  @Override
  public void bring(long address, long bytes) {
    if (bytes <= 0) {
      return;
    }
    try {
      CALL.invokeExact(
          function, address, Math.ceilDiv(Math.min(bytes, BYTES_MAX), (long) LINES * LINE));
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
