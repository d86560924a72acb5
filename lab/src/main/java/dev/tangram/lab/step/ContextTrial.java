package dev.tangram.lab.step;

import dev.tangram.lab.measure.Figures;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * Tokens per second at several lengths of the context: reading a prompt of that length, its last
 * step, and decoding behind it. Each length has a sequence of its own, which decode in turns, those
 * of another model too, so that the ratios hold on a machine that others use too. One thread is
 * timed by its CPU time.
 *
 * <p>{@code ContextTrial FILE [LENGTH...] [--beside FILE] [--threads N] [--rounds 9]
 * [--kv-cache-type f32]}
 */
public final class ContextTrial {
  private static final List<Integer> LENGTHS = List.of(1024, 32768);

  /** Tokens that a sequence decodes in a round. */
  private static final int DECODED = 8;

  private final Options options;
  private final LongSupplier clock;
  private final List<Row> rows = new ArrayList<>();

  /**
   * A model at a length.
   *
   * @param first the same model's row of the first length
   */
  private static final class Row {
    final Path file;
    final int length;
    final Lone sequence;
    final Row first;
    final double[] decoded;
    double prompt;
    double last;

    Row(Path file, int length, Lone sequence, Row first, int rounds) {
      this.file = file;
      this.length = length;
      this.sequence = sequence;
      this.first = first == null ? this : first;
      this.decoded = new double[rounds];
    }

    /** Median of the rounds' ratios. */
    double over(Row other) {
      return Figures.median(
          IntStream.range(0, decoded.length)
              .mapToDouble(i -> decoded[i] / other.decoded[i])
              .toArray());
    }
  }

  private ContextTrial(Options options) {
    this.options = options;
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
    new ContextTrial(options).run(lengths);
  }

  private void run(List<Integer> lengths) {
    try (OpenModel one = open(options.file());
        OpenModel other = options.beside() == null ? null : open(options.beside())) {
      read(one, options.file(), lengths);
      if (other != null) {
        read(other, options.beside(), lengths);
      }
      decode();
      print();
    } finally {
      rows.forEach(row -> row.sequence.close());
    }
  }

  private OpenModel open(Path file) {
    return OpenModel.open(file, options.threads(), options.kernels(), UnaryOperator.identity());
  }

  private void read(OpenModel open, Path file, List<Integer> lengths) {
    warm(open);
    Row first = null;
    for (int length : lengths) {
      Lone sequence = new Lone(open.model(), length, options.type());
      Row row = new Row(file, length, sequence, first, options.rounds());
      rows.add(row);
      first = row.first;
      int prompt = length - (options.rounds() + 1) * DECODED;
      long start = clock.getAsLong();
      sequence.read(prompt - OpenModel.STEP_TOKENS);
      long middle = clock.getAsLong();
      sequence.read(OpenModel.STEP_TOKENS);
      long end = clock.getAsLong();
      row.prompt = prompt * 1e9 / (end - start);
      row.last = OpenModel.STEP_TOKENS * 1e9 / (end - middle);
    }
  }

  private void warm(OpenModel open) {
    try (Lone first = new Lone(open.model(), 1024, options.type())) {
      for (int i = 0; i < 2; i++) {
        first.forget();
        first.read(512);
        first.decode(32);
      }
    }
  }

  private void decode() {
    rows.forEach(row -> row.sequence.decode(DECODED));
    for (int round = 0; round < options.rounds(); round++) {
      for (Row row : rows) {
        long start = clock.getAsLong();
        row.sequence.decode(DECODED);
        row.decoded[round] = DECODED * 1e9 / (clock.getAsLong() - start);
      }
    }
  }

  private void print() {
    System.out.println("  context   prompt tok/s   its last step   decode tok/s   of the first");
    for (Row row : rows) {
      System.out.printf(
          "%9d %14.1f %15.1f %14.1f %14.2f%n",
          row.length, row.prompt, row.last, Figures.median(row.decoded), row.over(row.first));
    }
    for (int i = 0; 2 * i < rows.size() && options.beside() != null; i++) {
      Row ours = rows.get(i);
      Row others = rows.get(rows.size() / 2 + i);
      System.out.printf(
          "behind %d: %.2f times the tokens of %s%n",
          ours.length, ours.over(others), others.file.getFileName());
    }
  }
}
