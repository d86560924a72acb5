package dev.tangram.lab.trial;

import dev.tangram.engine.Engine;
import dev.tangram.engine.Generation;
import dev.tangram.lab.measure.Figures;
import dev.tangram.lab.measure.Prompting;
import java.util.Arrays;

/** A second request with the same 1,000-token prefix starts sooner. */
public final class PrefixHit {
  private static final int PREFIX = 1000;
  private static final int ROUNDS = 5;

  private PrefixHit() {}

  public static void main(String[] args) throws Exception {
    try (Engine engine = Prompting.open(args)) {
      double[] ratios = new double[ROUNDS];
      for (int round = 0; round < ROUNDS; round++) {
        int[] prompt = Prompting.ids(PREFIX, round);
        Generation.Finished cold = Prompting.end(Prompting.start(engine, prompt, 8, round));
        int[] next = Arrays.copyOf(prompt, PREFIX + 20);
        Arrays.fill(next, PREFIX, next.length, 1234);
        Generation.Finished warm = Prompting.end(Prompting.start(engine, next, 8, round));
        ratios[round] = warm.usage().ttftSeconds() / cold.usage().ttftSeconds();
        System.out.printf(
            "first %.3f s, again (%d of %d tokens cached) %.3f s: %.1f %%%n",
            cold.usage().ttftSeconds(),
            warm.usage().cachedTokens(),
            next.length,
            warm.usage().ttftSeconds(),
            100 * ratios[round]);
      }
      System.out.printf("median %.1f %%%n", 100 * Figures.median(ratios));
    }
  }
}
