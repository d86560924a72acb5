package dev.tangram.cli;

import dev.tangram.cli.text.HumanSize;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/** Refuses a model that this machine cannot hold, before the machine finds out the hard way. */
final class MemoryCheck {
  private MemoryCheck() {}

  /**
   * Compares a model file with the machine's memory (or the container's limit).
   *
   * @throws Failure if it is larger
   */
  static void check(String name, Path file) throws IOException {
    check(name, Files.size(file), machineBytes());
  }

  static void check(String name, long fileBytes, long machineBytes) {
    // The weights are held in about the size they have in the file; the rest is small beside them.
    if (fileBytes > machineBytes) {
      throw Failure.failed(
          "%s needs about %s of memory for its weights alone, and this machine has %s; take a smaller model or quantization",
          name, HumanSize.of(fileBytes), HumanSize.of(machineBytes));
    }
  }

  private static long machineBytes() {
    return ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class).getTotalMemorySize();
  }
}
