package dev.tangram.kernel.machine;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Calls that pass heap arrays as they are, which holds up the garbage collector: they are to be
 * kept to some tens of microseconds. One shape for all, because linking each costs start-up time.
 */
final class HeapCall {
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

  /** The address of the code comes first, then the arguments. */
  @SuppressWarnings("restricted")
  private static final MethodHandle CALL =
      Linker.nativeLinker()
          .downcallHandle(
              FunctionDescriptor.ofVoid(
                  ValueLayout.ADDRESS,
                  ValueLayout.ADDRESS,
                  ValueLayout.ADDRESS,
                  ValueLayout.ADDRESS,
                  LONG,
                  LONG,
                  LONG,
                  LONG,
                  LONG),
              Linker.Option.critical(true));

  private HeapCall() {}

  /** Calls code of this tier; arguments in registers are named as on x86-64, the others follow. */
  static void call(
      MemorySegment function,
      MemorySegment rdi,
      MemorySegment rsi,
      MemorySegment rdx,
      MemorySegment rcx,
      long r8,
      long r9,
      long first,
      long second,
      long third) {
    try {
      CALL.invokeExact(function, rdi, rsi, rdx, rcx, r8, r9, first, second, third);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
