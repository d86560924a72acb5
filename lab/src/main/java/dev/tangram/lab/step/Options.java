package dev.tangram.lab.step;

import dev.tangram.kernel.KvType;
import dev.tangram.lab.measure.Clock;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * {@code FILE [NUMBER...] [--beside FILE] [--threads N] [--rounds N] [--kernels auto]
 * [--kv-cache-type f32]}.
 *
 * @param numbers what stands behind the file without a name
 * @param beside another model to compare with; null for none
 */
record Options(
    Path file,
    List<Integer> numbers,
    Path beside,
    int threads,
    int rounds,
    String kernels,
    KvType type) {
  static Options of(String[] args, int rounds) {
    List<Integer> numbers = new ArrayList<>();
    Options options =
        new Options(
            null,
            numbers,
            null,
            Runtime.getRuntime().availableProcessors(),
            rounds,
            "auto",
            KvType.F32);
    for (int i = 0; i < args.length; i++) {
      if (args[i].startsWith("--")) {
        options = options.with(args[i], i + 1 < args.length ? args[i + 1] : "");
        i++;
      } else if (options.file == null) {
        options =
            new Options(
                Path.of(args[i]),
                numbers,
                options.beside,
                options.threads,
                options.rounds,
                options.kernels,
                options.type);
      } else {
        numbers.add(Integer.parseInt(args[i]));
      }
    }
    if (options.file == null) {
      throw new IllegalArgumentException("one model file is needed");
    }
    return options;
  }

  private Options with(String name, String value) {
    return switch (name) {
      case "--beside" -> new Options(file, numbers, Path.of(value), threads, rounds, kernels, type);
      case "--threads" ->
          new Options(file, numbers, beside, Integer.parseInt(value), rounds, kernels, type);
      case "--rounds" ->
          new Options(file, numbers, beside, threads, Integer.parseInt(value), kernels, type);
      case "--kernels" -> new Options(file, numbers, beside, threads, rounds, value, type);
      case "--kv-cache-type" -> {
        KvType found =
            KvType.of(value)
                .orElseThrow(
                    () ->
                        new IllegalArgumentException(
                            "--kv-cache-type: found %s, allowed: %s"
                                .formatted(value, KvType.words())));
        yield new Options(file, numbers, beside, threads, rounds, kernels, found);
      }
      default -> throw new IllegalArgumentException("unknown option " + name);
    };
  }

  /** What the threads' work is timed by. */
  LongSupplier clock() {
    return () -> Clock.nanos(threads);
  }
}
