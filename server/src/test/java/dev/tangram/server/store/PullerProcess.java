package dev.tangram.server.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A process of its own that pulls {@code tiny:1m} into a folder, so that it can be killed. */
final class PullerProcess {
  private PullerProcess() {}

  /** Prints {@code waiting} while it waits for somebody else, and {@code done} at the end. */
  public static void main(String[] args) throws Exception {
    ModelStore store = Models.store(Path.of(args[0]), System.getenv());
    store.pull(
        ModelReference.parse("tiny:1m"),
        new PullListener() {
          @Override
          public void waitingForOtherProcess(String name) {
            System.out.println("waiting");
          }
        });
    System.out.println("done");
  }

  static Process start(Path root, Map<String, String> env) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx96m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.addAll(List.of(PullerProcess.class.getName(), root.toString()));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(env);
    builder.redirectErrorStream(true);
    return builder.start();
  }
}
