package dev.tangram.lab.peer;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Prints decode, prefill and batch tokens a second of Tangram beside llama.cpp on GGUF files. The
 * two take turns, so that a noisy neighbour hits both; the table gives medians, their spread, and
 * the ratio of the medians.
 *
 * <p>{@code Peers [--rounds 5] [--threads 2] [--kernels auto] [--peers FOLDER] FILE...}
 */
public final class Peers {
  private static final int PROMPT_TOKENS = 512;
  private static final int DECODE_TOKENS = 64;
  private static final int BATCH = 8;

  private Peers() {}

  public static void main(String[] args) throws Exception {
    int rounds = 5;
    int threads = 2;
    String kernels = "auto";
    Path folder = Path.of(System.getProperty("user.home"), ".cache", "tangram-lab");
    List<Path> files = new ArrayList<>();
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--rounds" -> rounds = Integer.parseInt(args[++i]);
        case "--threads" -> threads = Integer.parseInt(args[++i]);
        case "--kernels" -> kernels = args[++i];
        case "--peers" -> folder = Path.of(args[++i]);
        default -> files.add(Path.of(args[i]).toAbsolutePath());
      }
    }
    System.out.printf(
        "%d threads, prompt %d, decode %d tokens, batch %d, %d rounds; tokens/s: median (least-most)%n",
        threads, PROMPT_TOKENS, DECODE_TOKENS, BATCH, rounds);
    for (Path file : files) {
      compare(
          file, new Sizes(threads, PROMPT_TOKENS, DECODE_TOKENS, BATCH), kernels, folder, rounds);
    }
  }

  private static void compare(Path file, Sizes sizes, String kernels, Path folder, int rounds)
      throws Exception {
    try (Contender ours = new TangramContender(file, sizes, kernels);
        Contender theirs = LlamaCpp.start(folder, file, sizes)) {
      System.out.printf(
          "%n%s%n%-12s %-26s %-38s %s%n",
          file.getFileName(), "", ours.name(), theirs.name(), "ratio");
      for (Work work : Work.values()) {
        // Twice for nothing: compilers and caches warm up on both sides.
        for (int i = 0; i < 2; i++) {
          ours.measure(work);
          theirs.measure(work);
        }
        double[][] both = new double[2][rounds];
        for (int round = 0; round < rounds; round++) {
          both[0][round] = ours.measure(work);
          both[1][round] = theirs.measure(work);
        }
        System.out.printf(
            "%-12s %-26s %-38s %.2f%n",
            work.word(), summary(both[0]), summary(both[1]), median(both[0]) / median(both[1]));
      }
    }
  }

  private static String summary(double[] values) {
    return "%.1f (%.1f-%.1f)"
        .formatted(
            median(values),
            Arrays.stream(values).min().orElse(0),
            Arrays.stream(values).max().orElse(0));
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
