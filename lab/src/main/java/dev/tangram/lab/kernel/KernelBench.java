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
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Matrix products of every format on shapes of real models: GB/s of one token with its share of the
 * read bandwidth, GFLOP/s of 8 and of 512 tokens with their share of the FMA peak, and GB/s of
 * packing. Yardsticks and kernels take turns, so that a noisy neighbour hits all; figures are
 * medians. One thread is timed by its CPU time, several by the wall clock: on a shared machine
 * compare kernels with {@code --threads 1}.
 *
 * <p>{@code KernelBench [--threads 2] [--rounds 9] [--kernels auto] [--formats Q8_0,Q5_0] [--shapes
 * 4864x896]}
 */
public final class KernelBench {
  /**
   * Rows x columns: gate of Qwen2.5 0.5B and 1.5B, its output head, SmolLM2's gate, and one nobody
   * chose.
   */
  private static final String SHAPES = "4864x896,8960x1536,1536x576,151936x896,1021x768";

  /**
   * A matrix that fits the caches is multiplied from several copies in turn, so that its bytes come
   * from memory.
   */
  private static final long COLD_BYTES = 96L << 20;

  private static final int PREFILL_ROWS_MAX = 16 << 10;

  private KernelBench() {}

  public static void main(String[] args) {
    int threads = 2;
    int rounds = 9;
    String kernels = "auto";
    String shapes = SHAPES;
    List<Format> formats = Arrays.asList(Format.values());
    for (int i = 0; i + 1 < args.length; i += 2) {
      switch (args[i]) {
        case "--threads" -> threads = Integer.parseInt(args[i + 1]);
        case "--rounds" -> rounds = Integer.parseInt(args[i + 1]);
        case "--kernels" -> kernels = args[i + 1];
        case "--shapes" -> shapes = args[i + 1];
        case "--formats" ->
            formats = Arrays.stream(args[i + 1].split(",")).map(Format::valueOf).toList();
        default -> throw new IllegalArgumentException("unknown option " + args[i]);
      }
    }
    try (Workers workers = new Workers(threads)) {
      Selection selection = Selection.choose(kernels, workers);
      System.out.printf("%d threads, %s, %d rounds%n", threads, selection.reason(), rounds);
      System.out.printf(
          "%-5s %-12s %9s %6s %6s | %8s %5s | %8s %5s | %9s%n",
          "",
          "rows x cols",
          "T=1 GB/s",
          "share",
          "of",
          "T=8 GF/s",
          "share",
          "T=512",
          "share",
          "pack GB/s");
      for (Format format : formats) {
        for (String shape : shapes.split(",")) {
          String[] sides = shape.split("x");
          int columns = Integer.parseInt(sides[1]);
          if (columns % format.blockLength() == 0) {
            bench(
                selection.kernels(), workers, format, Integer.parseInt(sides[0]), columns, rounds);
          }
        }
      }
    }
  }

  private static void bench(
      Kernels kernels, Workers workers, Format format, int rows, int columns, int rounds) {
    int threads = workers.threads();
    Map<String, double[]> results = new TreeMap<>();
    try (Arena arena = Arena.ofShared()) {
      Machine machine = new Machine(workers, arena);
      MemorySegment file = Weights.random(format, rows, columns, arena);
      Matrix first = kernels.pack(format, rows, columns, file, arena);
      Matrix[] copies = new Matrix[Math.clamp(COLD_BYTES / first.bytes(), 1, 64)];
      Arrays.setAll(copies, i -> i == 0 ? first : kernels.pack(format, rows, columns, file, arena));
      int many = rows > PREFILL_ROWS_MAX ? 32 : 512;
      float[] x = new float[many * columns];
      float[] y = new float[many * rows];
      Random random = new Random(1);
      for (int i = 0; i < x.length; i++) {
        x[i] = (float) random.nextGaussian();
      }
      for (int round = -2; round < rounds; round++) {
        put(results, "read", round, rounds, machine.readBandwidth());
        put(
            results,
            "one",
            round,
            rounds,
            copies.length * first.bytes() / time(kernels, threads, copies, x, 1, y));
        put(results, "fma", round, rounds, machine.fmaPeak());
        double flop = 2.0 * rows * columns;
        put(
            results,
            "eight",
            round,
            rounds,
            flop * 8 * copies.length / time(kernels, threads, copies, x, 8, y));
        Matrix[] alone = {first};
        put(
            results,
            "many",
            round,
            rounds,
            flop * many / time(kernels, threads, alone, x, many, y));
      }
      double pack = packing(kernels, threads, format, rows, columns, file, Math.min(rounds, 5));
      print(format, rows, columns, results, pack);
    }
  }

  private static void put(
      Map<String, double[]> results, String what, int round, int rounds, double value) {
    if (round >= 0) {
      results.computeIfAbsent(what, any -> new double[rounds])[round] = value;
    }
  }

  private static void print(
      Format format, int rows, int columns, Map<String, double[]> results, double pack) {
    double read = Figures.median(results.get("read"));
    double fma = Figures.median(results.get("fma"));
    double one = Figures.median(results.get("one"));
    double eight = Figures.median(results.get("eight"));
    double many = Figures.median(results.get("many"));
    System.out.printf(
        "%-5s %-12s %9.1f %5.0f%% %6.1f | %8.0f %4.0f%% | %8.0f %4.0f%% | %9.2f%n",
        format,
        rows + "x" + columns,
        one,
        100 * one / read,
        read,
        eight,
        100 * eight / fma,
        many,
        100 * many / fma,
        pack);
  }

  /** Nanoseconds of one pass over the copies. */
  private static double time(
      Kernels kernels, int threads, Matrix[] copies, float[] x, int tokens, float[] y) {
    long start = Clock.nanos(threads);
    for (Matrix w : copies) {
      kernels.multiply(w, x, tokens, y);
    }
    return Clock.nanos(threads) - start;
  }

  /** GB/s of the file's bytes. */
  private static double packing(
      Kernels kernels,
      int threads,
      Format format,
      int rows,
      int columns,
      MemorySegment file,
      int rounds) {
    double[] speeds = new double[rounds];
    for (int round = 0; round < rounds; round++) {
      try (Arena arena = Arena.ofShared()) {
        long start = Clock.nanos(threads);
        kernels.pack(format, rows, columns, file, arena);
        speeds[round] = (double) file.byteSize() / (Clock.nanos(threads) - start);
      }
    }
    return Figures.median(speeds);
  }

  /** Random weights in file layout whose scales are ordinary numbers. */
  static MemorySegment weights(Format format, int rows, int columns, Arena arena) {
    return Weights.random(format, rows, columns, arena);
  }

  /**
   * Random weights whose scales are ordinary numbers: NaN or subnormal ones would time something
   * else.
   */
  static final class Weights {
    static MemorySegment random(Format format, int rows, int columns, Arena arena) {
      byte[] bytes = new byte[Math.toIntExact(format.rowBytes(columns) * rows)];
      new Random(2).nextBytes(bytes);
      short scale = Float.floatToFloat16(0.01f);
      MemorySegment segment = arena.allocate(bytes.length, 64);
      MemorySegment.copy(bytes, 0, segment, ValueLayout.JAVA_BYTE, 0, bytes.length);
      for (long at = 0; at < bytes.length; at += format.blockBytes()) {
        switch (format) {
          case F32 -> segment.set(ValueLayout.JAVA_FLOAT_UNALIGNED, at, 0.01f);
          case F16, Q8_0, Q4_0, Q5_0, IQ4_NL, IQ4_XS ->
              segment.set(ValueLayout.JAVA_SHORT_UNALIGNED, at, scale);
          case BF16 -> segment.set(ValueLayout.JAVA_SHORT_UNALIGNED, at, (short) 0x3C23);
          case Q4_1, Q5_1, Q4_K, Q5_K ->
              segment.set(ValueLayout.JAVA_INT_UNALIGNED, at, (scale & 0xFFFF) * 0x10001);
          case Q2_K ->
              segment.set(ValueLayout.JAVA_INT_UNALIGNED, at + 80, (scale & 0xFFFF) * 0x10001);
          case Q3_K -> segment.set(ValueLayout.JAVA_SHORT_UNALIGNED, at + 108, scale);
          case Q6_K -> segment.set(ValueLayout.JAVA_SHORT_UNALIGNED, at + 208, scale);
          case MXFP4 -> segment.set(ValueLayout.JAVA_BYTE, at, (byte) 121);
        }
      }
      return segment;
    }
  }
}
