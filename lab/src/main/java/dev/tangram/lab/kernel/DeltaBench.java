package dev.tangram.lab.kernel;

import dev.tangram.kernel.DeltaShape;
import dev.tangram.kernel.Kernels;
import dev.tangram.kernel.Selection;
import dev.tangram.kernel.Span;
import dev.tangram.kernel.StateMemory;
import dev.tangram.kernel.Workers;
import dev.tangram.lab.measure.Clock;
import dev.tangram.lab.measure.Figures;
import java.util.List;
import java.util.Random;

/**
 * The gated delta rule, token by token as shipped and in chunks, on the heads of real models:
 * microseconds a token and layer, medians of rounds in which both take turns, over so many layers
 * that a state comes from memory. One thread is timed by its CPU time, several by the wall clock.
 *
 * <p>{@code DeltaBench [--rounds 9] [--kernels auto]}
 */
public final class DeltaBench {
  /** Qwen3-Next-80B, Qwen3.5-35B-A3B; Qwen3.5-0.8B and 2B. */
  private static final List<DeltaShape> SHAPES =
      List.of(new DeltaShape(16, 32, 128, 128, false), new DeltaShape(16, 16, 128, 128, false));

  private static final int[] TOKENS = {256, 64, 16, 1};
  private static final int LAYERS = 24;
  private static final long WARM_UP_NANOS = 700_000_000;

  private DeltaBench() {}

  public static void main(String[] args) {
    RoundsOptions options = RoundsOptions.of(args);
    System.out.printf(
        "%-12s %8s %5s %16s %14s %12s %8s%n",
        "Hk,Hv,dk,dv", "threads", "T", "recurrent us", "chunked us", "convolve us", "ratio");
    for (int threads : new int[] {1, 2}) {
      try (Workers workers = new Workers(threads)) {
        Kernels tier = Selection.choose(options.kernels(), workers).kernels();
        for (DeltaShape shape : SHAPES) {
          for (int tokens : TOKENS) {
            bench(tier, workers, shape, tokens, options.rounds());
          }
        }
      }
    }
  }

  private static void bench(
      Kernels kernels, Workers workers, DeltaShape shape, int tokens, int rounds) {
    Random random = new Random(1);
    float[] mixed = numbers(tokens * shape.channels(), random);
    float[] weight = numbers(4 * shape.channels(), random);
    float[] decay = new float[tokens * shape.valueHeads()];
    float[] beta = new float[tokens * shape.valueHeads()];
    for (int i = 0; i < decay.length; i++) {
      decay[i] = -random.nextFloat() / 4;
      beta[i] = random.nextFloat();
    }
    float[] y = new float[tokens * shape.inner()];
    float[] convolved = new float[mixed.length];
    double[][] micros = new double[3][rounds];
    List<Span> spans = List.of(new Span(0, tokens, 0, new int[0], 0));
    try (StateMemory state = new StateMemory(LAYERS, 1, 3L * shape.channels(), shape.recurrent())) {
      state.clear(0);
      Layer[] calls = {
        layer -> kernels.deltaRule(state, layer, spans, shape, mixed, decay, beta, y),
        layer -> ChunkedDelta.run(state, layer, spans, shape, mixed, decay, beta, y, workers),
        layer -> kernels.convolve(state, layer, spans, shape.channels(), weight, mixed, convolved)
      };
      for (Layer call : calls) {
        long end = System.nanoTime() + WARM_UP_NANOS;
        while (System.nanoTime() < end) {
          time(workers, call);
        }
      }
      for (int round = 0; round < rounds; round++) {
        for (int i = 0; i < calls.length; i++) {
          micros[i][round] = time(workers, calls[i]) / tokens;
        }
      }
    }
    double recurrent = Figures.median(micros[0]);
    double chunked = Figures.median(micros[1]);
    System.out.printf(
        "%-12s %8d %5d %16.1f %14.1f %12.2f %8.2f%n",
        "%d,%d,%d,%d"
            .formatted(shape.keyHeads(), shape.valueHeads(), shape.keySize(), shape.valueSize()),
        workers.threads(),
        tokens,
        recurrent,
        chunked,
        Figures.median(micros[2]),
        recurrent / chunked);
  }

  private interface Layer {
    void run(int layer);
  }

  /** Microseconds of a layer. */
  private static double time(Workers workers, Layer call) {
    long start = Clock.nanos(workers.threads());
    for (int layer = 0; layer < LAYERS; layer++) {
      call.run(layer);
    }
    return (Clock.nanos(workers.threads()) - start) / 1e3 / LAYERS;
  }

  private static float[] numbers(int count, Random random) {
    float[] x = new float[count];
    for (int i = 0; i < count; i++) {
      x[i] = (float) random.nextGaussian();
    }
    return x;
  }
}
