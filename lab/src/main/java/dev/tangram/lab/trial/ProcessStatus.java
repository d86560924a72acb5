package dev.tangram.lab.trial;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What Linux says of this process in {@code /proc/self/status}. */
final class ProcessStatus {
  private ProcessStatus() {}

  /** A line of memory, in bytes. */
  static long bytes(String key) throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith(key + ":"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
        .findFirst()
        .orElseThrow(() -> new IOException("/proc/self/status has no " + key));
  }
}
