package dev.tangram.lab.trial;

import dev.tangram.engine.Engine;
import dev.tangram.engine.Generation;
import dev.tangram.engine.Prompts;
import dev.tangram.lab.measure.Figures;
import dev.tangram.lab.measure.Prompting;
import java.util.ArrayList;
import java.util.List;

/**
 * Eight streams of different lengths at once give the text of each alone, and more tokens a second
 * in total.
 */
public final class Streams {
  private static final String[] PROMPTS = {
    "The capital of France is",
    "def fibonacci(n):",
    "Once upon a time, in a village by the sea, there lived a fisherman who",
    "public static void main(String[] args) {",
    "A list of the planets, from the sun outwards: Mercury,",
    "SELECT name, count(*) FROM orders",
    "The difference between a process and a thread is that",
    "import numpy as np\n\n"
  };

  private static final int[] TOKENS = {48, 64, 96, 56, 80, 72, 64, 88};
  private static final int ROUNDS = 3;

  private Streams() {}

  public static void main(String[] args) throws Exception {
    try (Engine engine = Prompting.open(args)) {
      double[] ratios = new double[ROUNDS];
      for (int round = 0; round < ROUNDS; round++) {
        ratios[round] = round(engine, round * 100);
      }
      System.out.printf(
          "total against one stream: median %.2f of %d rounds%n", Figures.median(ratios), ROUNDS);
    }
  }

  private static double round(Engine engine, long scope) throws InterruptedException {
    List<String> alone = new ArrayList<>();
    long made = 0;
    long start = System.nanoTime();
    for (int i = 0; i < PROMPTS.length; i++) {
      Generation generation =
          Prompting.start(engine, Prompts.text(engine, PROMPTS[i]), TOKENS[i], scope + i);
      alone.add(generation.text());
      made += TOKENS[i];
    }
    double one = made * 1e9 / (System.nanoTime() - start);

    start = System.nanoTime();
    List<Generation> generations = new ArrayList<>();
    for (int i = 0; i < PROMPTS.length; i++) {
      generations.add(
          Prompting.start(engine, Prompts.text(engine, PROMPTS[i]), TOKENS[i], scope + 50 + i));
    }
    List<String> together = generations.stream().map(Generation::text).toList();
    double all = made * 1e9 / (System.nanoTime() - start);
    System.out.printf(
        "one after the other %.1f tokens/s, all at once %.1f tokens/s, ratio %.2f, texts %s%n",
        one, all, all / one, together.equals(alone) ? "equal" : "DIFFERENT");
    if (!together.equals(alone)) {
      throw new IllegalStateException("a batch changed a text");
    }
    return all / one;
  }
}
