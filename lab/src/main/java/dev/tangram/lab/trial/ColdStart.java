package dev.tangram.lab.trial;

import dev.tangram.lab.measure.Figures;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Process start to first token: {@code ./tangram run MODEL PROMPT} until the first byte of the
 * answer, with the processor time that took and the most memory that was resident. Without a packed
 * copy and with one.
 */
public final class ColdStart {
  private static final int ROUNDS = 5;
  private static final long CACHE_WAIT_MILLIS = 60_000;

  private ColdStart() {}

  private record Start(double seconds, double processorSeconds, long peakKilobytes) {}

  public static void main(String[] args) throws IOException, InterruptedException {
    String model = args.length > 0 ? args[0] : "qwen2.5-coder:0.5b";
    // Once for nothing: it makes the start-up cache and the copy, and brings the model into the
    // page cache.
    start(model, "");
    awaitCache();
    start(model, "");
    for (String copies : new String[] {"off", ""}) {
      String name = copies.isEmpty() ? "packed copy" : "no copy";
      double[] seconds = new double[ROUNDS];
      for (int i = 0; i < ROUNDS; i++) {
        Start start = start(model, copies);
        seconds[i] = start.seconds();
        System.out.printf(
            "%s, %s: %.2f s to the first token, %.2f s of processor time, peak %.0f MB%n",
            model,
            name,
            start.seconds(),
            start.processorSeconds(),
            start.peakKilobytes() * 1024 / 1e6);
      }
      System.out.printf("%s: median of %d: %.2f s%n", name, ROUNDS, Figures.median(seconds));
    }
  }

  private static Start start(String model, String copies) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of("tangram").toAbsolutePath().toString(),
                "run",
                "--max-tokens",
                "8",
                model,
                "Say hello.")
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().put("TANGRAM_PACKED_COPIES", copies);
    long start = System.nanoTime();
    Process process = builder.start();
    process.getOutputStream().close();
    try (InputStream in = process.getInputStream()) {
      int first = in.read();
      double seconds = (System.nanoTime() - start) / 1e9;
      Duration processor = process.info().totalCpuDuration().orElse(Duration.ZERO);
      long peak = peakKilobytes(process.pid());
      in.transferTo(OutputStream.nullOutputStream());
      if (first < 0 || process.waitFor() != 0) {
        throw new IOException("./tangram run gave no answer");
      }
      return new Start(seconds, processor.toNanos() / 1e9, peak);
    }
  }

  /** 0 where the system does not tell. */
  private static long peakKilobytes(long pid) {
    try {
      List<String> status = Files.readAllLines(Path.of("/proc/" + pid + "/status"));
      return status.stream()
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0;
    }
  }

  /**
   * The launcher makes the start-up cache in the background; it would compete with what follows.
   */
  private static void awaitCache() throws IOException, InterruptedException {
    long end = System.currentTimeMillis() + CACHE_WAIT_MILLIS;
    boolean there = false;
    while (!there && System.currentTimeMillis() < end) {
      Thread.sleep(500);
      try (var files = Files.list(Path.of("cli", "target"))) {
        there = files.anyMatch(file -> file.toString().endsWith(".aot"));
      }
    }
  }
}
