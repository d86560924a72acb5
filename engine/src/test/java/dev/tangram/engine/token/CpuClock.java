package dev.tangram.engine.token;

import java.lang.reflect.Method;

/**
 * How long this platform thread has computed. On a machine with other work wall time says little;
 * this is hardly changed by it. (By reflection, because the engine's module does not read
 * java.management.)
 */
final class CpuClock {
  private static final Object THREADS;
  private static final Method TIME;

  static {
    try {
      Class<?> factory = Class.forName("java.lang.management.ManagementFactory");
      THREADS = factory.getMethod("getThreadMXBean").invoke(null);
      TIME =
          Class.forName("java.lang.management.ThreadMXBean").getMethod("getCurrentThreadCpuTime");
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private CpuClock() {}

  static long nanos() {
    try {
      return (long) TIME.invoke(THREADS);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
