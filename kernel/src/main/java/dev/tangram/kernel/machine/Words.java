package dev.tangram.kernel.machine;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Calls of some nanoseconds: the thread stays what it is, and the collector waits for it. One shape
 * for all, because linking each costs start-up time; words, because a segment would be held and let
 * go by an atomic counter that all threads share.
 */
final class Words {
  @SuppressWarnings("restricted")
  private static final MethodHandle CALL =
      Linker.nativeLinker()
          .downcallHandle(
              FunctionDescriptor.ofVoid(
                  ValueLayout.JAVA_LONG,
                  ValueLayout.JAVA_LONG,
                  ValueLayout.JAVA_LONG,
                  ValueLayout.JAVA_LONG,
                  ValueLayout.JAVA_LONG),
              Linker.Option.critical(false));

  private Words() {}

  /** Calls code of this tier with five words, in the registers that are named so on x86-64. */
  static void call(MemorySegment code, long rdi, long rsi, long rdx, long rcx, long r8) {
    try {
      CALL.invokeExact(code, rdi, rsi, rdx, rcx, r8);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
