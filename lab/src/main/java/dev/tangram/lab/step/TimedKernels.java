package dev.tangram.lab.step;

import dev.tangram.kernel.Kernels;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/** Kernels with a clock at each call. Threads: that of the engine. */
final class TimedKernels {
  private final Kernels kernels;
  private final LongSupplier clock;
  private final Map<String, long[]> taken = new TreeMap<>();

  TimedKernels(Kernels kernels, LongSupplier clock) {
    this.kernels = kernels;
    this.clock = clock;
  }

  /** The same operations, timed. */
  Kernels timed() {
    return (Kernels)
        Proxy.newProxyInstance(
            Kernels.class.getClassLoader(),
            new Class<?>[] {Kernels.class},
            (proxy, method, arguments) -> call(method, arguments));
  }

  private Object call(Method method, Object[] arguments) throws Throwable {
    long start = clock.getAsLong();
    try {
      return method.invoke(kernels, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    } finally {
      long[] sums = taken.computeIfAbsent(method.getName(), name -> new long[2]);
      sums[0] += clock.getAsLong() - start;
      sums[1]++;
    }
  }

  /** Nanoseconds and calls of each operation since the last time this was asked. */
  Map<String, long[]> take() {
    Map<String, long[]> now = new TreeMap<>(taken);
    taken.clear();
    return now;
  }
}
