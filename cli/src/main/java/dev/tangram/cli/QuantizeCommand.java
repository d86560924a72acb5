package dev.tangram.cli;

import dev.tangram.cli.text.HumanSize;
import dev.tangram.cli.text.TransferMeter;
import dev.tangram.engine.ModelFiles;
import dev.tangram.engine.file.ModelFile;
import dev.tangram.engine.quantize.Mix;
import dev.tangram.engine.quantize.Quantization;
import dev.tangram.engine.quantize.Rewritten;
import dev.tangram.kernel.Workers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tangram quantize IN OUT --type TYPE}. */
@Command(
    name = "quantize",
    description = "Write a smaller GGUF file of a model.",
    footer = {
      "",
      "Types, best first: f32, f16, bf16, q8_0, q6_k, q5_k_m, q5_1, q5_0, q4_k_m, q4_1, q4_0.",
      "As in llama.cpp, q5_k_m and q4_k_m give some tensors more bits than others."
    })
final class QuantizeCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Parameters(
      index = "0",
      paramLabel = "IN",
      description = "A file or folder of weights, or a model on this machine.")
  private String from;

  @Parameters(index = "1", paramLabel = "OUT", description = "The file to write, e.g. small.gguf.")
  private Path to;

  @Option(
      names = "--type",
      required = true,
      paramLabel = "TYPE",
      description = "What to write: see below.")
  private String type;

  @Option(
      names = "--allow-requantize",
      description = "Also round weights that are rounded already; loses more than rounding once.")
  private boolean requantize;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Compute threads (default: the cores this process may use).")
  private Integer threads;

  QuantizeCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws Exception {
    Mix mix;
    try {
      mix = Mix.of(type);
    } catch (IllegalArgumentException e) {
      throw Failure.usage("--%s", e.getMessage());
    }
    if (threads != null && threads < 1) {
      throw Failure.usage("--threads: found %d, allowed: at least 1", threads);
    }
    int count = threads != null ? threads : Runtime.getRuntime().availableProcessors();
    try (Workers workers = new Workers(count);
        ModelFile source = ModelFiles.open(source());
        TransferMeter meter = new TransferMeter("quantizing to " + mix, surroundings.screen())) {
      long total = Quantization.bytes(source);
      Rewritten done =
          Quantization.run(
              source,
              to,
              mix,
              requantize,
              workers,
              bytes -> meter.progress(bytes, total, System.nanoTime()));
      meter.say(summary(done));
    }
    return 0;
  }

  private Path source() throws IOException {
    try {
      Path path = Path.of(from);
      if (Files.exists(path)) {
        return path;
      }
    } catch (InvalidPathException e) {
      // Then it is the name of a model, or nothing.
    }
    return surroundings.store().resolve(ModelNames.parse(from)).file();
  }

  static String summary(Rewritten done) {
    String text =
        String.format(
            Locale.ROOT,
            "done: %s of %s, %.2f bits per weight",
            HumanSize.of(done.bytes()),
            HumanSize.of(done.bytesBefore()),
            done.bitsPerWeight());
    return done.fallbacks() == 0
        ? text
        : text
            + "; %d tensors took a larger type, as their rows are no whole blocks of 256"
                .formatted(done.fallbacks());
  }
}
