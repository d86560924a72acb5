package dev.tangram.lab.trial;

import dev.tangram.engine.Engine;
import dev.tangram.engine.EngineOptions;
import dev.tangram.engine.packed.PackedCopies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Opening a model without and with its packed copy, each in a process of its own: seconds, those of
 * opening it once more in a process that is no longer young, and the memory that is resident after
 * the first time and was at most, beside the bound. {@code opening FILE...}. Linux only.
 */
public final class Opening {
  private static final int ROUNDS = 3;
  private static final double MB = 1e6;

  /** Argument of the processes that this one starts. */
  private static final String ALONE = "--alone";

  private Opening() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    if (args[0].equals(ALONE)) {
      alone(Path.of(args[1]), Path.of(args[2]));
      return;
    }
    Path folder = Files.createTempDirectory(Path.of(System.getProperty("user.home")), ".opening");
    try {
      for (String file : args) {
        System.out.println(file);
        for (int i = 0; i <= ROUNDS; i++) {
          run(file, folder);
        }
      }
    } finally {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static void run(String file, Path folder) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "-XX:+UseSerialGC",
            "-XX:-UsePerfData"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(Opening.class.getName(), ALONE, file, folder.toString()));
    int code = new ProcessBuilder(command).inheritIO().start().waitFor();
    if (code != 0) {
      throw new IOException("opening %s ended with %d".formatted(file, code));
    }
  }

  private static void alone(Path file, Path folder) throws IOException {
    PackedCopies copies = new PackedCopies(folder, PackedCopies.BYTES_MAX_DEFAULT);
    boolean there = copies.bytes(file).isPresent();
    EngineOptions options = EngineOptions.DEFAULT.withContextLength(4096).withPackedCopies(copies);
    long start = System.nanoTime();
    try (Engine engine = Engine.open(file, options)) {
      double seconds = (System.nanoTime() - start) / 1e9;
      long weights = engine.card().weightBytes();
      long kv = engine.card().kvCacheBytes();
      System.out.printf(
          "  %s: %.2f s; weights %.0f MB, budget for keys and values %.0f MB; resident %.0f MB, at most %.0f MB, allowed %.0f MB%n",
          there ? "from the copy" : "packed",
          seconds,
          weights / MB,
          kv / MB,
          ProcessStatus.bytes("VmRSS") / MB,
          ProcessStatus.bytes("VmHWM") / MB,
          1.15 * weights / MB + kv / MB + 150);
    }
    if (there) {
      start = System.nanoTime();
      Engine again = Engine.open(file, options);
      System.out.printf("  once more: %.2f s%n", (System.nanoTime() - start) / 1e9);
      again.close();
    }
  }
}
