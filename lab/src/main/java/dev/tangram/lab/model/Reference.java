package dev.tangram.lab.model;

import dev.tangram.engine.ModelFiles;
import dev.tangram.engine.file.ModelFile;
import dev.tangram.engine.model.Model;
import dev.tangram.engine.model.Models;
import dev.tangram.engine.token.Tokenizer;
import dev.tangram.engine.token.Tokenizers;
import dev.tangram.kernel.Selection;
import dev.tangram.kernel.Workers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Holds real models against transformers: logits, greedy tokens, likelihood of a text.
 *
 * <p>{@code Reference [--kernels auto] [--threads 2] [--nll-tokens 1024] FOLDER [MODEL...]}, where
 * FOLDER has MODEL.gguf; all that are there are checked if none is named. Exits with 1 if one is
 * off.
 */
public final class Reference {
  private static final int NLL_TOKENS = 1024;

  private Reference() {}

  public static void main(String[] args) throws IOException {
    String kernels = "auto";
    int threads = 2;
    int nllTokens = NLL_TOKENS;
    List<String> plain = new ArrayList<>();
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--kernels" -> kernels = args[++i];
        case "--threads" -> threads = Integer.parseInt(args[++i]);
        case "--nll-tokens" -> nllTokens = Integer.parseInt(args[++i]);
        default -> plain.add(args[i]);
      }
    }
    if (plain.isEmpty()) {
      System.err.println("FOLDER is missing, see the Javadoc of Reference");
      System.exit(2);
    }
    Path folder = Path.of(plain.getFirst());
    List<String> models = plain.size() > 1 ? plain.subList(1, plain.size()) : present(folder);
    boolean good = !models.isEmpty();
    try (Workers workers = new Workers(threads)) {
      Selection selection = Selection.choose(kernels, workers);
      System.out.printf("%s, %d threads%n", selection.reason(), threads);
      for (String model : models) {
        long start = System.nanoTime();
        Findings findings =
            check(folder.resolve(model + ".gguf"), Expectation.of(model), selection, nllTokens);
        System.out.printf("%s | %.1f s%n", findings.line(), (System.nanoTime() - start) / 1e9);
        findings.faults().forEach(fault -> System.out.println("  " + fault));
        good &= findings.faults().isEmpty();
      }
    }
    System.exit(good ? 0 : 1);
  }

  /** The reference's models whose files are in the folder. */
  static List<String> present(Path folder) {
    return Expectation.MODELS.stream()
        .filter(model -> Files.exists(folder.resolve(model + ".gguf")))
        .toList();
  }

  static Findings check(Path path, Expectation expected, Selection selection, int nllTokens)
      throws IOException {
    try (ModelFile file = ModelFiles.open(path)) {
      if (file.bytes() != expected.fileBytes()) {
        throw new IOException(
            "%s: found %d bytes, allowed: %d, the file that the reference was made from"
                .formatted(path, file.bytes(), expected.fileBytes()));
      }
      Tokenizer tokenizer =
          Tokenizers.of(file.metadata(), path.toString())
              .orElseThrow(() -> new IOException(path + ": found no tokenizer"));
      long start = System.nanoTime();
      try (Model model =
          Models.open(
              file, selection.kernels(), Comparison.STEP_TOKENS_MAX, Comparison.LOGIT_ROWS_MAX)) {
        System.out.printf(
            "%s: %d MB in the file, %d MB packed in %.2f s%n",
            expected.model(),
            file.bytes() >> 20,
            model.weightBytes() >> 20,
            (System.nanoTime() - start) / 1e9);
        double tolerance =
            selection.reason().contains("16-bit activations")
                ? Comparison.LOGIT_TOLERANCE_16
                : Comparison.LOGIT_TOLERANCE;
        return new Comparison(model, expected, tolerance).run(tokenizer, nllTokens);
      }
    }
  }
}
