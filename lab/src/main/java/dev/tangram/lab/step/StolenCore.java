package dev.tangram.lab.step;

import dev.tangram.lab.measure.Figures;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/**
 * Decoding with every core against decoding with one thread, first alone, then with a process
 * beside it that spins on one core: with a core less, all threads together must not be much slower
 * than one. Both take turns. Other neighbours make it stricter than it says.
 *
 * <p>{@code StolenCore FILE [SPINNERS] [--threads 2] [--rounds 9]}
 */
public final class StolenCore {
  private static final int DECODED = 16;
  private static final int CONTEXT = 512;

  /** Until the compilers have done their work. */
  private static final int WARM = 30;

  private StolenCore() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    Options options = Options.of(args, 9);
    int spinners = options.numbers().isEmpty() ? 1 : options.numbers().getFirst();
    try (Decoding one = new Decoding(options, 1);
        Decoding all = new Decoding(options, options.threads())) {
      turns("alone", one, all, options.rounds());
      List<Process> processes = new ArrayList<>();
      try {
        for (int i = 0; i < spinners; i++) {
          processes.add(spin(i));
        }
        TimeUnit.MILLISECONDS.sleep(200);
        turns(spinners + " spinning beside", one, all, options.rounds());
      } finally {
        processes.forEach(Process::destroyForcibly);
      }
    }
  }

  /** Keeps a process on one core where the system has a command for that. */
  private static Process spin(int core) throws IOException {
    String loop = "while :; do :; done";
    String[] pinned = {"taskset", "-c", Integer.toString(core), "sh", "-c", loop};
    try {
      return new ProcessBuilder(pinned).start();
    } catch (IOException missing) {
      return new ProcessBuilder("sh", "-c", loop).start();
    }
  }

  private static void turns(String what, Decoding one, Decoding all, int rounds) {
    double[] ones = new double[rounds];
    double[] alls = new double[rounds];
    double[] ratios = new double[rounds];
    for (int round = 0; round < rounds; round++) {
      ones[round] = one.millis();
      alls[round] = all.millis();
      ratios[round] = alls[round] / ones[round];
    }
    System.out.printf(
        "%s: ms a token, 1 thread %.2f, all %.2f; median of the ratios %.2f%n",
        what, Figures.median(ones), Figures.median(alls), Figures.median(ratios));
  }

  /** One model open with some number of threads. */
  private static final class Decoding implements AutoCloseable {
    private final OpenModel open;
    private final Lone sequence;

    Decoding(Options options, int threads) {
      Path file = options.file();
      open = OpenModel.open(file, threads, options.kernels(), UnaryOperator.identity());
      sequence = new Lone(open.model(), CONTEXT, options.type());
      for (int i = 0; i < WARM; i++) {
        millis();
      }
    }

    double millis() {
      sequence.forget();
      long start = System.nanoTime();
      sequence.decode(DECODED);
      return (System.nanoTime() - start) / 1e6 / DECODED;
    }

    @Override
    public void close() {
      sequence.close();
      open.close();
    }
  }
}
