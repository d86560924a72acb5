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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Products of many small matrices in one grouped call and in a call each, in turns: GB/s of one
 * token that has 8 experts, GFLOP/s of groups of 4, 32 and 256 rows. One thread is timed by its CPU
 * time, several by the wall clock.
 *
 * <p>{@code ExpertsBench [--rounds 9] [--kernels auto]}
 */
public final class ExpertsBench {
  /** The gate of an expert of Qwen3-Next-80B. */
  private static final int ROWS = 512;

  private static final int COLUMNS = 2048;
  private static final int EXPERTS = 64;
  private static final int USED = 8;
  private static final long WARM_UP_NANOS = 1_000_000_000;

  private ExpertsBench() {}

  public static void main(String[] args) {
    RoundsOptions options = RoundsOptions.of(args);
    System.out.printf("%-5s %8s %12s %8s %8s%n", "", "threads", "rows/expert", "grouped", "each");
    for (int threads : new int[] {1, 2}) {
      try (Workers workers = new Workers(threads)) {
        Kernels tier = Selection.choose(options.kernels(), workers).kernels();
        for (Format format : List.of(Format.Q8_0, Format.Q4_K)) {
          try (Arena arena = Arena.ofShared()) {
            List<Matrix> experts = experts(tier, format, arena);
            for (int rows : new int[] {1, 4, 32, 256}) {
              bench(tier, threads, experts, rows, options.rounds());
            }
          }
        }
      }
    }
  }

  private static List<Matrix> experts(Kernels kernels, Format format, Arena arena) {
    MemorySegment file = KernelBench.Weights.random(format, ROWS, COLUMNS, arena);
    List<Matrix> experts = new ArrayList<>();
    for (int e = 0; e < EXPERTS; e++) {
      experts.add(kernels.pack(format, ROWS, COLUMNS, file, arena));
    }
    return experts;
  }

  /**
   * One row: 8 of the experts, other ones each time. More: 8 groups, or all when they are small.
   */
  private static void bench(
      Kernels kernels, int threads, List<Matrix> experts, int rows, int rounds) {
    int groups = rows > 32 ? USED : EXPERTS;
    int active = rows == 1 ? USED : groups;
    float[] x = new float[active * rows * COLUMNS];
    Random random = new Random(1);
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian();
    }
    float[] y = new float[active * rows * ROWS];
    List<int[]> calls = new ArrayList<>();
    for (int first = 0; first < groups; first += active) {
      int[] starts = new int[experts.size() + 1];
      for (int e = 0; e < experts.size(); e++) {
        starts[e + 1] = starts[e] + (e >= first && e < first + active ? rows : 0);
      }
      calls.add(starts);
    }
    float[] mine = Arrays.copyOf(x, rows * COLUMNS);
    float[] part = new float[rows * ROWS];
    Runnable grouped =
        () -> {
          for (int[] starts : calls) {
            kernels.multiply(experts, starts, x, y);
          }
        };
    Runnable each =
        () -> {
          for (int e = 0; e < groups; e++) {
            kernels.multiply(experts.get(e), mine, rows, part);
          }
        };
    double amount =
        rows == 1
            ? (double) groups * experts.getFirst().bytes()
            : 2.0 * groups * rows * ROWS * COLUMNS;
    double[][] speeds = new double[2][rounds];
    warm(grouped);
    warm(each);
    for (int round = 0; round < rounds; round++) {
      speeds[0][round] = amount / time(threads, grouped);
      speeds[1][round] = amount / time(threads, each);
    }
    System.out.printf(
        "%-5s %8d %12d %8.1f %8.1f %s%n",
        experts.getFirst().format(),
        threads,
        rows,
        Figures.median(speeds[0]),
        Figures.median(speeds[1]),
        rows == 1 ? "GB/s" : "GFLOP/s");
  }

  private static void warm(Runnable call) {
    long end = System.nanoTime() + WARM_UP_NANOS;
    while (System.nanoTime() < end) {
      call.run();
    }
  }

  private static double time(int threads, Runnable call) {
    long start = Clock.nanos(threads);
    call.run();
    return Clock.nanos(threads) - start;
  }
}
