package dev.tangram.lab.trial;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;

/**
 * Process start to first token: {@code ./tangram run MODEL PROMPT} until the first byte of the
 * answer.
 */
public final class ColdStart {
  private static final int ROUNDS = 5;

  private ColdStart() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    String model = args.length > 0 ? args[0] : "qwen2.5-coder:0.5b";
    double[] seconds = new double[ROUNDS];
    // Once for nothing: it builds the start-up cache and brings the model into the page cache.
    firstByte(model);
    for (int i = 0; i < ROUNDS; i++) {
      seconds[i] = firstByte(model);
      System.out.printf("%s: %.2f s to the first token%n", model, seconds[i]);
    }
    System.out.printf("median of %d: %.2f s%n", ROUNDS, Prompting.median(seconds));
  }

  private static double firstByte(String model) throws IOException, InterruptedException {
    long start = System.nanoTime();
    Process process =
        new ProcessBuilder(
                Path.of("tangram").toAbsolutePath().toString(), "run", model, "Say hello.")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    process.getOutputStream().close();
    try (InputStream in = process.getInputStream()) {
      int first = in.read();
      double seconds = (System.nanoTime() - start) / 1e9;
      in.transferTo(OutputStream.nullOutputStream());
      if (first < 0 || process.waitFor() != 0) {
        throw new IOException("./tangram run gave no answer");
      }
      return seconds;
    }
  }
}
