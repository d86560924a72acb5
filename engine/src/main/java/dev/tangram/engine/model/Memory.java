package dev.tangram.engine.model;

import dev.tangram.engine.file.ModelFile;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether a model fits here, asked before anything is packed: the kernel would end the process later. */
final class Memory {
  private Memory() {}

  static void check(ModelFile file) {
    long needed = file.tensors().values().stream().mapToLong(t -> t.bytes()).sum();
    long available = available();
    if (needed > available) {
      throw new ModelTooLargeException(file.path().toString(), needed, available);
    }
  }

  /** What the system can give without swapping, but never more than the container's limit. */
  private static long available() {
    var system = ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class);
    long total = system.getTotalMemorySize();
    try {
      for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
        if (line.startsWith("MemAvailable:")) {
          return Math.min(total, Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024);
        }
      }
    } catch (IOException e) {
      // Not Linux: the total is the best that Java knows.
    }
    return total;
  }
}
