package dev.tangram.kernel.machine;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * The system calls on memory that this tier makes, through the C library. Linux on x86-64 and on
 * AArch64, whose numbers are the same.
 */
final class LinuxMemory {
  private static final int PROT_READ = 1;
  private static final int PROT_WRITE = 2;
  private static final int PROT_EXEC = 4;
  private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
  private static final int MAP_NORESERVE = 0x4000;
  private static final int MADV_HUGEPAGE = 14;

  private static final MemoryLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  /**
   * Six words and a word back serve every call: the convention passes the first six in registers,
   * and a function looks at those it knows. One shape, because linking each costs start-up time.
   */
  @SuppressWarnings("restricted")
  private static final MethodHandle CALL =
      Linker.nativeLinker()
          .downcallHandle(
              FunctionDescriptor.of(
                  ValueLayout.JAVA_LONG,
                  ValueLayout.JAVA_LONG,
                  ValueLayout.JAVA_LONG,
                  ValueLayout.JAVA_LONG,
                  ValueLayout.JAVA_LONG,
                  ValueLayout.JAVA_LONG,
                  ValueLayout.JAVA_LONG),
              Linker.Option.captureCallState("errno"));

  private LinuxMemory() {}

  /** What the system tells a program about the processor, by number: {@code getauxval}. */
  static long auxiliary(int type) {
    return call("getauxval", type, 0, 0, 0, 0, 0).value();
  }

  /** What a function returned, and errno after it. */
  private record Answer(long value, int errno) {
    UnsupportedOperationException refused(String call, long bytes) {
      return new UnsupportedOperationException(
          "the system refused %s of %d bytes, errno %d".formatted(call, bytes, errno));
    }
  }

  private static Answer call(String name, long a, long b, long c, long d, long e, long f) {
    return call(Linker.nativeLinker().defaultLookup().findOrThrow(name), a, b, c, d, e, f);
  }

  private static Answer call(
      MemorySegment function, long a, long b, long c, long d, long e, long f) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      long value = (long) CALL.invokeExact(function, state, a, b, c, d, e, f);
      return new Answer(value, (int) ERRNO.get(state, 0L));
    } catch (RuntimeException | Error thrown) {
      throw thrown;
    } catch (Throwable thrown) {
      throw new IllegalStateException(thrown);
    }
  }

  /** Calls code of this tier with two words. */
  static void run(MemorySegment code, long a, long b) {
    call(code, a, b, 0, 0, 0, 0);
  }

  /**
   * Maps zeroed memory for reading and writing; it is unmapped when the arena closes. Pages take
   * room once they are touched.
   *
   * @throws UnsupportedOperationException if the system refuses
   */
  @SuppressWarnings("restricted")
  static MemorySegment map(long bytes, Arena arena) {
    int flags = MAP_PRIVATE_ANONYMOUS | MAP_NORESERVE;
    Answer answer = call("mmap", 0, bytes, PROT_READ | PROT_WRITE, flags, -1, 0);
    if (answer.value() == -1) {
      throw answer.refused("mmap", bytes);
    }
    return MemorySegment.ofAddress(answer.value())
        .reinterpret(bytes, arena, memory -> call("munmap", memory.address(), bytes, 0, 0, 0, 0));
  }

  /**
   * Makes a mapping readable and executable, and writable no more.
   *
   * @throws UnsupportedOperationException if the system refuses
   */
  static void protectForExecution(MemorySegment memory) {
    long bytes = memory.byteSize();
    Answer answer = call("mprotect", memory.address(), bytes, PROT_READ | PROT_EXEC, 0, 0, 0);
    if (answer.value() << 32 != 0) {
      throw answer.refused("mprotect for execution", bytes);
    }
  }

  /** Makes pages that fault on any access; tests put them behind operands. */
  static void forbid(MemorySegment memory) {
    Answer answer = call("mprotect", memory.address(), memory.byteSize(), 0, 0, 0, 0);
    if (answer.value() << 32 != 0) {
      throw answer.refused("mprotect", memory.byteSize());
    }
  }

  /** Asks for pages of 2 MiB; where the system has none, nothing happens. */
  static void adviseHugePages(MemorySegment memory) {
    call("madvise", memory.address(), memory.byteSize(), MADV_HUGEPAGE, 0, 0, 0);
  }
}
