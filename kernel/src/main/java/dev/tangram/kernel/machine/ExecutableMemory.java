package dev.tangram.kernel.machine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Code in memory that may be executed and no longer written: mapped read-write, filled, and then
 * protected read-execute, so that it is never both. It stays until its arena closes.
 */
final class ExecutableMemory {
  private ExecutableMemory() {}

  /**
   * Maps a copy of {@code code}.
   *
   * @throws UnsupportedOperationException if the system refuses, with its reason
   */
  static MemorySegment of(byte[] code, Arena arena) {
    MemorySegment memory = LinuxMemory.map(code.length, arena);
    MemorySegment.copy(code, 0, memory, ValueLayout.JAVA_BYTE, 0, code.length);
    LinuxMemory.protectForExecution(memory);
    return memory.asReadOnly();
  }
}
