package dev.tangram.lab.step;

import dev.tangram.lab.measure.Figures;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;

/**
 * Tokens per second at several lengths of the context: reading a prompt of that length, its last
 * step, and decoding behind it. Each length has a sequence of its own, which decode in turns, so
 * that the ratios hold on a machine that others use too. One thread is timed by its CPU time.
 *
 * <p>{@code ContextTrial FILE [LENGTH...] [--threads N] [--rounds 9] [--kv-cache-type f32]}
 */
public final class ContextTrial {
  private static final List<Integer> LENGTHS = List.of(1024, 32768);

  /** Tokens that a sequence decodes in a round. */
  private static final int DECODED = 8;

  private final Options options;
  private final OpenModel open;
  private final LongSupplier clock;

  private ContextTrial(Options options, OpenModel open) {
    this.options = options;
    this.open = open;
    this.clock = options.clock();
  }

  public static void main(String[] args) {
    Options options = Options.of(args, 9);
    List<Integer> lengths = options.numbers().isEmpty() ? LENGTHS : options.numbers();
    int least = (options.rounds() + 1) * DECODED + OpenModel.STEP_TOKENS;
    for (int length : lengths) {
      if (length < least) {
        throw new IllegalArgumentException(
            "context: found %d, allowed: at least %d, for %d rounds"
                .formatted(length, least, options.rounds()));
      }
    }
    try (OpenModel open =
        OpenModel.open(
            options.file(), options.threads(), options.kernels(), UnaryOperator.identity())) {
      new ContextTrial(options, open).run(lengths);
    }
  }

  private void run(List<Integer> lengths) {
    List<Lone> sequences = new ArrayList<>();
    try {
      warm();
      System.out.println("  context   prompt tok/s   its last step   decode tok/s   of the first");
      double[] whole = new double[lengths.size()];
      double[] last = new double[lengths.size()];
      for (int i = 0; i < whole.length; i++) {
        Lone sequence = new Lone(open.model(), lengths.get(i), options.type());
        sequences.add(sequence);
        int prompt = lengths.get(i) - (options.rounds() + 1) * DECODED;
        long start = clock.getAsLong();
        sequence.read(prompt - OpenModel.STEP_TOKENS);
        long middle = clock.getAsLong();
        sequence.read(OpenModel.STEP_TOKENS);
        long end = clock.getAsLong();
        whole[i] = prompt * 1e9 / (end - start);
        last[i] = OpenModel.STEP_TOKENS * 1e9 / (end - middle);
      }
      decode(sequences, lengths, whole, last);
    } finally {
      sequences.forEach(Lone::close);
    }
  }

  private void warm() {
    try (Lone first = new Lone(open.model(), 1024, options.type())) {
      for (int i = 0; i < 2; i++) {
        first.forget();
        first.read(512);
        first.decode(32);
      }
    }
  }

  private void decode(List<Lone> sequences, List<Integer> lengths, double[] whole, double[] last) {
    double[][] rates = new double[lengths.size()][options.rounds()];
    double[][] ratios = new double[lengths.size()][options.rounds()];
    sequences.forEach(sequence -> sequence.decode(DECODED));
    for (int round = 0; round < options.rounds(); round++) {
      for (int i = 0; i < rates.length; i++) {
        long start = clock.getAsLong();
        sequences.get(i).decode(DECODED);
        rates[i][round] = DECODED * 1e9 / (clock.getAsLong() - start);
        ratios[i][round] = rates[i][round] / rates[0][round];
      }
    }
    for (int i = 0; i < rates.length; i++) {
      System.out.printf(
          "%9d %14.1f %15.1f %14.1f %14.2f%n",
          lengths.get(i), whole[i], last[i], Figures.median(rates[i]), Figures.median(ratios[i]));
    }
  }
}
