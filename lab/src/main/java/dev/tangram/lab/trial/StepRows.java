package dev.tangram.lab.trial;

import dev.tangram.engine.ModelFiles;
import dev.tangram.engine.file.ModelFile;
import dev.tangram.engine.model.Batch;
import dev.tangram.engine.model.Model;
import dev.tangram.engine.model.Models;
import dev.tangram.kernel.KvMemory;
import dev.tangram.kernel.Selection;
import dev.tangram.kernel.Span;
import dev.tangram.kernel.StateMemory;
import dev.tangram.kernel.Workers;
import dev.tangram.lab.measure.Figures;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What one more row of a sequence, with its logits, adds to a decode step: the price of a guess,
 * which {@code Guesses} has as a constant.
 */
final class StepRows {
  private static final int[] ROWS = {1, 2, 3, 4, 5, 6, 9, 13, 17};
  private static final int POSITION = 512;
  private static final int ROUNDS = 7;

  private StepRows() {}

  /** Prints the time of steps of several rows as a multiple of a step of one. */
  static void print(Path path, int threads) {
    int rowsMax = ROWS[ROWS.length - 1];
    int blocks = Math.ceilDiv(POSITION + rowsMax, KvMemory.BLOCK_LENGTH);
    int[] table = IntStream.range(0, blocks).toArray();
    try (Workers workers = new Workers(threads);
        ModelFile file = ModelFiles.open(path);
        Model model =
            Models.open(file, Selection.choose("auto", workers).kernels(), POSITION, rowsMax);
        KvMemory kv = model.shape().kvMemory(blocks);
        StateMemory states = model.shape().stateMemory(1)) {
      if (states != null) {
        states.clear(0);
      }
      float[] logits = new float[rowsMax * model.shape().vocabulary()];
      step(model, kv, states, table, 0, POSITION, logits);
      double[][] times = new double[ROWS.length][ROUNDS];
      for (int round = -2; round < ROUNDS; round++) {
        for (int i = 0; i < ROWS.length; i++) {
          long start = System.nanoTime();
          step(model, kv, states, table, POSITION, ROWS[i], logits);
          times[i][Math.max(round, 0)] = (System.nanoTime() - start) / 1e6;
        }
      }
      for (int i = 0; i < ROWS.length; i++) {
        double[] ratios = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
          ratios[round] = times[i][round] / times[0][round];
        }
        double ratio = Figures.median(ratios);
        System.out.printf(
            "a step of %2d rows: %.1f ms, %.2f of one row, %.3f for each row more%n",
            ROWS[i],
            Figures.median(times[i]),
            ratio,
            ROWS[i] == 1 ? 0 : (ratio - 1) / (ROWS[i] - 1));
      }
    }
  }

  private static void step(
      Model model,
      KvMemory kv,
      StateMemory states,
      int[] table,
      int position,
      int rows,
      float[] logits) {
    int[] tokens = new int[rows];
    Arrays.setAll(tokens, i -> 1000 + (position + i) * 17 % 5000);
    int wanted = Math.min(rows, ROWS[ROWS.length - 1]);
    int[] logitRows = IntStream.range(rows - wanted, rows).toArray();
    Span span = new Span(0, rows, position, table, states == null ? -1 : 0);
    model.forward(new Batch(tokens, List.of(span), logitRows), kv, states, logits, null);
  }
}
