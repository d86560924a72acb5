package dev.tangram.lab.kernel;

import dev.tangram.kernel.Format;
import dev.tangram.kernel.Kernels;
import dev.tangram.kernel.Matrix;
import dev.tangram.kernel.Selection;
import dev.tangram.kernel.Workers;
import dev.tangram.lab.measure.Clock;
import dev.tangram.lab.measure.Figures;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Kernel tiers in turns on one matrix: Gweights/s for each number of tokens and, beside the first
 * tier, the median of the ratios of neighbouring measurements, which a noisy neighbour changes
 * least.
 *
 * <p>{@code TierBench [--threads 1] [--rounds 9] [--tiers vector,machine-f32,machine] [--formats
 * Q4_K,Q6_K] [--shape 8960x1536] [--tokens 1,4,16,64] [--cached]}; cached: a matrix of 128 rows,
 * from the caches.
 */
public final class TierBench {
  private static final long COLD_BYTES = 128L << 20;

  /** Each measurement computes about so many products. */
  private static final long PRODUCTS = 300_000_000L;

  private TierBench() {}

  public static void main(String[] args) {
    int threads = 1;
    int rounds = 9;
    String[] tiers = {"vector", "machine-f32", "machine"};
    String shape = "8960x1536";
    int[] tokens = {1, 4, 16, 64};
    boolean cached = false;
    List<Format> formats =
        List.of(Format.Q4_K, Format.Q6_K, Format.Q5_0, Format.Q8_0, Format.Q4_0, Format.F16);
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--threads" -> threads = Integer.parseInt(args[++i]);
        case "--rounds" -> rounds = Integer.parseInt(args[++i]);
        case "--tiers" -> tiers = args[++i].split(",");
        case "--shape" -> shape = args[++i];
        case "--tokens" ->
            tokens = Arrays.stream(args[++i].split(",")).mapToInt(Integer::parseInt).toArray();
        case "--formats" ->
            formats = Arrays.stream(args[++i].split(",")).map(Format::valueOf).toList();
        case "--cached" -> cached = true;
        default -> throw new IllegalArgumentException("unknown option " + args[i]);
      }
    }
    int rows = cached ? 128 : Integer.parseInt(shape.split("x")[0]);
    int columns = Integer.parseInt(shape.split("x")[1]);
    try (Workers workers = new Workers(threads)) {
      Kernels[] kernels = new Kernels[tiers.length];
      for (int k = 0; k < tiers.length; k++) {
        Selection selection = Selection.choose(tiers[k], workers);
        System.out.println(selection.reason());
        kernels[k] = selection.kernels();
      }
      System.out.printf(
          "%d threads, [%d, %d], %d rounds; Gweights/s, GB/s packed%n",
          threads, rows, columns, rounds);
      for (Format format : formats) {
        bench(kernels, workers, format, rows, columns, tokens, rounds, cached);
      }
    }
  }

  private static void bench(
      Kernels[] kernels,
      Workers workers,
      Format format,
      int rows,
      int columns,
      int[] tokens,
      int rounds,
      boolean cached) {
    try (Arena arena = Arena.ofShared()) {
      MemorySegment file = KernelBench.weights(format, rows, columns, arena);
      Matrix[][] copies = new Matrix[kernels.length][];
      for (int k = 0; k < kernels.length; k++) {
        Kernels tier = kernels[k];
        Matrix first = tier.pack(format, rows, columns, file, arena);
        copies[k] = new Matrix[cached ? 1 : Math.clamp(COLD_BYTES / first.bytes(), 2, 64)];
        Arrays.setAll(
            copies[k], i -> i == 0 ? first : tier.pack(format, rows, columns, file, arena));
      }
      for (int many : tokens) {
        float[] x = new float[many * columns];
        float[] y = new float[many * rows];
        Random random = new Random(1);
        for (int i = 0; i < x.length; i++) {
          x[i] = (float) random.nextGaussian();
        }
        long pass = (long) rows * columns * copies[0].length;
        int passes = (int) Math.max(1, PRODUCTS / pass / many);
        double[][] times = new double[kernels.length][rounds];
        for (int round = -3; round < rounds; round++) {
          for (int k = 0; k < kernels.length; k++) {
            long start = Clock.nanos(workers.threads());
            for (int i = 0; i < passes; i++) {
              for (Matrix w : copies[k]) {
                kernels[k].multiply(w, x, many, y);
              }
            }
            if (round >= 0) {
              times[k][round] = Clock.nanos(workers.threads()) - start;
            }
          }
        }
        double weights = (double) pass * passes * many;
        double perWeight = (double) copies[kernels.length - 1][0].bytes() / rows / columns;
        StringBuilder line = new StringBuilder("%-5s T=%-3d".formatted(format, many));
        for (int k = 0; k < kernels.length; k++) {
          line.append(" %6.1f".formatted(weights / Figures.median(times[k])));
          if (k > 0) {
            line.append(" x%.2f".formatted(ratio(times[0], times[k])));
          }
        }
        double read = weights / many / Figures.median(times[kernels.length - 1]) * perWeight;
        System.out.println(line.append("  %5.1f GB/s".formatted(read)));
      }
    }
  }

  private static double ratio(double[] before, double[] after) {
    double[] ratios = new double[before.length];
    Arrays.setAll(ratios, i -> before[i] / after[i]);
    return Figures.median(ratios);
  }
}
