package dev.tangram.lab.measure;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/**
 * CPU time of a thread that works alone, which a stolen core leaves as it is; the wall clock for
 * several.
 */
public final class Clock {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private Clock() {}

  public static long nanos(int threads) {
    return threads == 1 ? THREADS.getCurrentThreadCpuTime() : System.nanoTime();
  }
}
