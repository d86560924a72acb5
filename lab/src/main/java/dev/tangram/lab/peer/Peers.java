package dev.tangram.lab.peer;

import dev.tangram.lab.kernel.Machine;
import dev.tangram.lab.measure.Figures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Prints decode, prefill and batch tokens a second of Tangram beside a peer on GGUF files. The two
 * take turns, so that a noisy neighbour hits both; the table gives medians, their spread, the ratio
 * of the medians, and how much of the machine's read bandwidth decoding uses: tokens a second times
 * the file's size, which says something for dense models only.
 *
 * <p>{@code Peers [--rounds 5] [--threads 2,1] [--prompt 512] [--depth 16] [--flash-attention]
 * [--kernels auto] [--peers FOLDER] [--jlama] FILE...}
 */
public final class Peers {
  private static final int DECODE_TOKENS = 64;
  private static final int BATCH = 8;

  private int rounds = 5;
  private int prompt = 512;
  private int depth = 16;
  private boolean flashAttention;
  private int[] threads = {2};
  private String kernels = "auto";
  private Path folder = Path.of(System.getProperty("user.home"), ".cache", "tangram-lab");
  private boolean jlama;
  private final List<Path> files = new ArrayList<>();

  private Peers() {}

  public static void main(String[] args) throws Exception {
    Peers peers = new Peers();
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--rounds" -> peers.rounds = Integer.parseInt(args[++i]);
        case "--threads" ->
            peers.threads =
                Arrays.stream(args[++i].split(",")).mapToInt(Integer::valueOf).toArray();
        case "--prompt" -> peers.prompt = Integer.parseInt(args[++i]);
        case "--depth" -> peers.depth = Integer.parseInt(args[++i]);
        case "--flash-attention" -> peers.flashAttention = true;
        case "--kernels" -> peers.kernels = args[++i];
        case "--peers" -> peers.folder = Path.of(args[++i]);
        case "--jlama" -> peers.jlama = true;
        default -> peers.files.add(Path.of(args[i]).toAbsolutePath());
      }
    }
    for (int count : peers.threads) {
      peers.compareAll(count);
    }
  }

  private void compareAll(int threads) throws Exception {
    double bandwidth = Machine.readBandwidth(threads);
    System.out.printf(
        "%d threads, reading %.1f GB/s; prompt %d, decode %d tokens behind %d, batch %d, %d rounds;"
            + " tokens/s: median (least-most)%n",
        threads, bandwidth, prompt, DECODE_TOKENS, depth, BATCH, rounds);
    Sizes sizes = new Sizes(threads, prompt, DECODE_TOKENS, BATCH, depth, flashAttention);
    for (Path file : files) {
      System.out.printf("%n%s%n", file.getFileName());
      if (jlama) {
        Jlama.Weights weights = Jlama.weights(folder, file);
        try (Contender ours = new TangramContender(weights.q4(), sizes, kernels);
            Contender theirs = Jlama.start(folder, weights.checkpoint(), sizes)) {
          compare(ours, theirs, List.of(Work.DECODE, Work.PREFILL));
        }
      } else {
        try (Contender ours = new TangramContender(file, sizes, kernels);
            Contender theirs = LlamaCpp.start(folder, file, sizes)) {
          bandwidth(file, bandwidth, compare(ours, theirs, List.of(Work.values())));
        }
      }
    }
  }

  /** Prints a row for each work; returns our tokens a second and theirs in the first one. */
  private double[] compare(Contender ours, Contender theirs, List<Work> works) {
    System.out.printf("%-12s %-26s %-38s %s%n", "", ours.name(), theirs.name(), "ratio");
    double[] first = null;
    for (Work work : works) {
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
      double[] medians = {Figures.median(both[0]), Figures.median(both[1])};
      System.out.printf(
          "%-12s %-26s %-38s %.2f%n",
          work.word(), Figures.spread(both[0]), Figures.spread(both[1]), medians[0] / medians[1]);
      first = first == null ? medians : first;
    }
    return first;
  }

  private static void bandwidth(Path file, double bandwidth, double[] decode) throws IOException {
    double percent = 100 * Files.size(file) / 1e9 / bandwidth;
    System.out.printf(
        "%-12s %-26s %s%n",
        "of bandwidth",
        "%.0f %%".formatted(percent * decode[0]),
        "%.0f %%".formatted(percent * decode[1]));
  }
}
