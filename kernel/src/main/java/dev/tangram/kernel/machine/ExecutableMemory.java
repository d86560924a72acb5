package dev.tangram.kernel.machine;

import dev.tangram.kernel.machine.arm.CacheCode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Code in memory that may be executed and no longer written: mapped read-write, filled, and then
 * protected read-execute, so that it is never both. It stays until its arena closes.
 *
 * <p>On AArch64 the caches are made to agree afterwards: see {@link CacheCode}.
 */
final class ExecutableMemory {
  /** On AArch64 alone. */
  private static final class Caches {
    static final MemorySegment CODE = mapped(CacheCode.write(), Arena.global());
  }

  private ExecutableMemory() {}

  /**
   * Maps a copy of {@code code}.
   *
   * @throws UnsupportedOperationException if the system refuses, with its reason
   */
  static MemorySegment of(byte[] code, Arena arena) {
    MemorySegment memory = mapped(code, arena);
    if (Host.aarch64()) {
      LinuxMemory.run(Caches.CODE, memory.address(), memory.byteSize());
    }
    return memory;
  }

  private static MemorySegment mapped(byte[] code, Arena arena) {
    MemorySegment memory = LinuxMemory.map(code.length, arena);
    MemorySegment.copy(code, 0, memory, ValueLayout.JAVA_BYTE, 0, code.length);
    LinuxMemory.protectForExecution(memory);
    return memory.asReadOnly();
  }
}
