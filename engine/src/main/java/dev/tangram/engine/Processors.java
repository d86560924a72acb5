package dev.tangram.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** How many kernel threads pay off here. */
final class Processors {
  private Processors() {}

  /**
   * Physical cores this process may use: two hardware threads of one core share its multipliers, so
   * a second kernel thread on them gains nothing. Never more than {@link
   * Runtime#availableProcessors}, which honours cgroups.
   */
  static int physicalCores() {
    int available = Runtime.getRuntime().availableProcessors();
    Set<String> cores = new HashSet<>();
    Path root = Path.of("/sys/devices/system/cpu");
    for (int cpu = 0; Files.isDirectory(root.resolve("cpu" + cpu)); cpu++) {
      try {
        cores.add(
            Files.readString(root.resolve("cpu" + cpu + "/topology/thread_siblings_list")).strip());
      } catch (IOException e) {
        return available;
      }
    }
    return cores.isEmpty() ? available : Math.clamp(cores.size(), 1, available);
  }
}
