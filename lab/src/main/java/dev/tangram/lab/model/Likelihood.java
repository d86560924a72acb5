package dev.tangram.lab.model;

import dev.tangram.engine.ModelFiles;
import dev.tangram.engine.file.ModelFile;
import dev.tangram.engine.model.LogitsProbe;
import dev.tangram.engine.model.Model;
import dev.tangram.engine.model.Models;
import dev.tangram.engine.sample.Logits;
import dev.tangram.engine.token.MarkedText;
import dev.tangram.engine.token.Tokenizer;
import dev.tangram.engine.token.Tokenizers;
import dev.tangram.kernel.Selection;
import dev.tangram.kernel.Workers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * The mean negative log-likelihood of a text by every tier, beside the scalar one's: what a tier's
 * rounding costs. {@code Likelihood [--tokens 256] [--kernels scalar,vector,machine] FILE...}
 */
public final class Likelihood {
  private Likelihood() {}

  public static void main(String[] args) throws IOException {
    int tokens = 256;
    List<String> tiers = List.of("scalar", "vector", "machine");
    List<Path> files = new ArrayList<>();
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--tokens" -> tokens = Integer.parseInt(args[++i]);
        case "--kernels" -> tiers = List.of(args[++i].split(","));
        default -> files.add(Path.of(args[i]));
      }
    }
    for (Path file : files) {
      System.out.printf("%s, %d tokens%n", file.getFileName(), tokens);
      double first = Double.NaN;
      for (String tier : tiers) {
        double mean = mean(file, tier, tokens);
        first = Double.isNaN(first) ? mean : first;
        System.out.printf("  %-8s %.6f nats  %+.4f %%%n", tier, mean, 100 * (mean / first - 1));
      }
    }
  }

  private static double mean(Path path, String tier, int tokens) throws IOException {
    try (Workers workers = new Workers(Runtime.getRuntime().availableProcessors());
        ModelFile file = ModelFiles.open(path);
        Model model =
            Models.open(
                file,
                Selection.choose(tier, workers).kernels(),
                Comparison.STEP_TOKENS_MAX,
                Comparison.LOGIT_ROWS_MAX)) {
      Tokenizer tokenizer =
          Tokenizers.of(file.metadata(), path.toString())
              .orElseThrow(() -> new IOException(path + ": found no tokenizer"));
      return mean(losses(model, ids(tokenizer, Expectation.text(), tokens)));
    }
  }

  /** The text's first ids, its beginning included. */
  static int[] ids(Tokenizer tokenizer, String text, int tokens) {
    IntStream begin = tokenizer.begin().stream();
    int[] ids = tokenizer.encode(MarkedText.plain(text));
    return IntStream.concat(begin, Arrays.stream(ids)).limit(tokens).toArray();
  }

  /** Nats of each token but the first; entry i is that of token i + 1. */
  static TreeMap<Integer, Double> losses(Model model, int[] ids) {
    TreeMap<Integer, Double> losses = new TreeMap<>();
    try (LogitsProbe probe =
        new LogitsProbe(model, ids.length, Comparison.STEP_TOKENS_MAX, Comparison.LOGIT_ROWS_MAX)) {
      probe.append(
          ids,
          IntStream.range(0, ids.length - 1).toArray(),
          (position, row) ->
              losses.put(position, Logits.logSumExp(row, 0, row.length) - row[ids[position + 1]]));
    }
    return losses;
  }

  static double mean(TreeMap<Integer, Double> losses) {
    return losses.values().stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
  }
}
