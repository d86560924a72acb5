package dev.tangram.kernel.machine;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/** The system calls on memory that this tier makes, through the C library. Linux on x86-64. */
@SuppressWarnings("restricted")
final class LinuxMemory {
  private static final int PROT_READ = 1;
  private static final int PROT_WRITE = 2;
  private static final int PROT_EXEC = 4;
  private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
  private static final int MAP_NORESERVE = 0x4000;
  private static final int MADV_HUGEPAGE = 14;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final MemoryLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

  private static final MethodHandle MMAP =
      capturing("mmap", FunctionDescriptor.of(LONG, LONG, LONG, INT, INT, INT, LONG));
  private static final MethodHandle MPROTECT =
      capturing("mprotect", FunctionDescriptor.of(INT, LONG, LONG, INT));
  private static final MethodHandle MADVISE =
      capturing("madvise", FunctionDescriptor.of(INT, LONG, LONG, INT));
  private static final MethodHandle MUNMAP =
      capturing("munmap", FunctionDescriptor.of(INT, LONG, LONG));

  private LinuxMemory() {}

  private static MethodHandle capturing(String name, FunctionDescriptor descriptor) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name),
        descriptor,
        Linker.Option.captureCallState("errno"));
  }

  /** Whether this is a system whose calls are known here. */
  static boolean known() {
    return System.getProperty("os.name").equals("Linux")
        && System.getProperty("os.arch").equals("amd64");
  }

  /**
   * Maps zeroed memory for reading and writing; it is unmapped when the arena closes. Pages take
   * room once they are touched.
   *
   * @throws UnsupportedOperationException if the system refuses
   */
  static MemorySegment map(long bytes, Arena arena) {
    try (Arena call = Arena.ofConfined()) {
      MemorySegment state = call.allocate(STATE);
      long address =
          (long)
              MMAP.invokeExact(
                  state,
                  0L,
                  bytes,
                  PROT_READ | PROT_WRITE,
                  MAP_PRIVATE_ANONYMOUS | MAP_NORESERVE,
                  -1,
                  0L);
      if (address == -1) {
        throw refused("mmap", bytes, state);
      }
      return MemorySegment.ofAddress(address).reinterpret(bytes, arena, LinuxMemory::unmap);
    } catch (Throwable e) {
      throw unchecked(e);
    }
  }

  private static void unmap(MemorySegment memory) {
    try (Arena call = Arena.ofConfined()) {
      int ignored =
          (int) MUNMAP.invokeExact(call.allocate(STATE), memory.address(), memory.byteSize());
    } catch (Throwable e) {
      throw unchecked(e);
    }
  }

  /** Makes a mapping readable and executable, and writable no more. */
  static void protectForExecution(MemorySegment memory) {
    try (Arena call = Arena.ofConfined()) {
      MemorySegment state = call.allocate(STATE);
      int result =
          (int)
              MPROTECT.invokeExact(
                  state, memory.address(), memory.byteSize(), PROT_READ | PROT_EXEC);
      if (result != 0) {
        throw refused("mprotect for execution", memory.byteSize(), state);
      }
    } catch (Throwable e) {
      throw unchecked(e);
    }
  }

  /** Asks for pages of 2 MiB; where the system has none, nothing happens. */
  static void adviseHugePages(MemorySegment memory) {
    try (Arena call = Arena.ofConfined()) {
      int ignored =
          (int)
              MADVISE.invokeExact(
                  call.allocate(STATE), memory.address(), memory.byteSize(), MADV_HUGEPAGE);
    } catch (Throwable e) {
      throw unchecked(e);
    }
  }

  private static UnsupportedOperationException refused(
      String call, long bytes, MemorySegment state) {
    return new UnsupportedOperationException(
        "the system refused %s of %d bytes, errno %d"
            .formatted(call, bytes, (int) ERRNO.get(state, 0L)));
  }

  private static RuntimeException unchecked(Throwable e) {
    return switch (e) {
      case RuntimeException r -> r;
      case Error r -> throw r;
      default -> new IllegalStateException(e);
    };
  }
}
