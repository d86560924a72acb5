package dev.tangram.lab.step;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * What of a step each kernel takes, of a prompt's steps and of decoding, behind contexts of some
 * lengths; what lies between the kernels is {@code (else)}. One thread is timed by its CPU time,
 * which shows work; several by the wall clock, which shows what is not shared out.
 *
 * <p>{@code StepProfile FILE [LENGTH...] [--threads N] [--kernels auto] [--kv-cache-type f32]}
 */
public final class StepProfile {
  private static final int DECODED = 48;

  private StepProfile() {}

  public static void main(String[] args) {
    Options options = Options.of(args, 0);
    LongSupplier clock = options.clock();
    TimedKernels[] timed = new TimedKernels[1];
    List<Integer> lengths = options.numbers().isEmpty() ? List.of(1024) : options.numbers();
    try (OpenModel open =
        OpenModel.open(
            options.file(),
            options.threads(),
            options.kernels(),
            kernels -> {
              timed[0] = new TimedKernels(kernels, clock);
              return timed[0].timed();
            })) {
      for (int length : lengths) {
        try (Lone sequence = new Lone(open.model(), length + 2 * DECODED, options.type())) {
          profile(sequence, length, timed[0], clock);
        }
      }
    }
  }

  private static void profile(Lone sequence, int length, TimedKernels timed, LongSupplier clock) {
    int measured = Math.min(length, 2 * OpenModel.STEP_TOKENS);
    for (int i = 0; i < 3; i++) {
      sequence.read(measured);
      sequence.forget();
    }
    sequence.read(length - measured);
    timed.take();
    long start = clock.getAsLong();
    sequence.read(measured);
    print("prompt up to " + length, measured, clock.getAsLong() - start, timed.take());
    sequence.decode(DECODED);
    timed.take();
    start = clock.getAsLong();
    sequence.decode(DECODED);
    print("decode behind " + length, DECODED, clock.getAsLong() - start, timed.take());
  }

  private static void print(String what, int tokens, long nanos, Map<String, long[]> taken) {
    System.out.printf("%n%s: %.1f tokens/s%n", what, tokens * 1e9 / nanos);
    long inside = taken.values().stream().mapToLong(sums -> sums[0]).sum();
    taken.entrySet().stream()
        .sorted(Comparator.comparingLong((Map.Entry<String, long[]> e) -> -e.getValue()[0]))
        .forEach(e -> line(e.getKey(), e.getValue()[0], e.getValue()[1], tokens, nanos));
    line("(else)", nanos - inside, 0, tokens, nanos);
  }

  private static void line(String name, long nanos, long calls, int tokens, long all) {
    System.out.printf(
        "  %-16s %5.1f %% %10.1f us a token %8d calls%n",
        name, 100.0 * nanos / all, nanos / 1e3 / tokens, calls);
  }
}
