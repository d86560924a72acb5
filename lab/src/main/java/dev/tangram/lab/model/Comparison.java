package dev.tangram.lab.model;

import dev.tangram.engine.model.LogitsProbe;
import dev.tangram.engine.model.Model;
import dev.tangram.engine.sample.Logits;
import dev.tangram.engine.token.Tokenizer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * One model beside its {@link Expectation}.
 *
 * <p>The reference computes in f32 with other orders of summation, so single logits may differ by
 * {@link #LOGIT_TOLERANCE}, and by {@link #LOGIT_TOLERANCE_16} where activations have 16 bits;
 * where the best two are closer than twice that, either of them may win.
 */
final class Comparison {
  /** Most tokens in a step of a compared model. */
  static final int STEP_TOKENS_MAX = 64;

  /** Most rows of logits in a step of a compared model. */
  static final int LOGIT_ROWS_MAX = 16;

  static final double LOGIT_TOLERANCE = 1e-3;

  /** Logits of 15 to 30 are met within 0.0031: docs/decisions/0013-integer-products.md. */
  static final double LOGIT_TOLERANCE_16 = 5e-3;

  static final double NLL_TOLERANCE = 0.005;

  private final Model model;
  private final Expectation expected;
  private final double tolerance;
  private final List<String> faults = new ArrayList<>();
  private double worstLogit;
  private int argmaxEqual;
  private int argmaxAll;
  private int greedyEqual;
  private int greedyAll;

  /**
   * @param tolerance of a logit
   */
  Comparison(Model model, Expectation expected, double tolerance) {
    this.model = model;
    this.expected = expected;
    this.tolerance = tolerance;
  }

  /**
   * Runs every case.
   *
   * @param nllTokens how much of the text to score, at most what the expectation has; 0 for none.
   *     Only the whole of it can be compared by its mean.
   */
  Findings run(Tokenizer tokenizer, int nllTokens) throws IOException {
    for (Expectation.Case each : expected.cases()) {
      compare(each);
    }
    double nll =
        nllTokens > 1
            ? likelihood(tokenizer, Math.min(nllTokens, expected.likelihood().tokens()))
            : Double.NaN;
    return new Findings(
        expected.model(),
        worstLogit,
        argmaxEqual,
        argmaxAll,
        greedyEqual,
        greedyAll,
        nll,
        expected.likelihood().mean(),
        List.copyOf(faults));
  }

  private void compare(Expectation.Case each) {
    int[] ids = each.ids();
    try (LogitsProbe probe =
        new LogitsProbe(
            model, ids.length + each.greedy().length, STEP_TOKENS_MAX, LOGIT_ROWS_MAX)) {
      float[][] last = new float[1][];
      probe.append(
          ids,
          IntStream.range(0, ids.length).toArray(),
          (position, row) -> {
            argmax(each, position, row);
            last[0] = row;
          });
      top(each, last[0]);
      greedy(each, probe, last[0]);
    }
  }

  /** The reference gives no margin here, so ours decides whether the position was a close call. */
  private void argmax(Expectation.Case each, int position, float[] row) {
    argmaxAll++;
    int best = best(row);
    int reference = each.argmax()[position];
    if (best == reference) {
      argmaxEqual++;
    } else if (best < 0 || row[best] - row[reference] > 2 * tolerance) {
      faults.add(
          "%s: argmax at %d is %d, the reference says %d"
              .formatted(each.id(), position, best, reference));
    }
  }

  private void top(Expectation.Case each, float[] row) {
    for (Expectation.Top top : each.top()) {
      double difference = Math.abs(row[top.id()] - top.logit());
      worstLogit = Math.max(worstLogit, difference);
      if (!(difference <= tolerance)) {
        faults.add(
            "%s: logit of %d is %.5f, the reference says %.5f"
                .formatted(each.id(), top.id(), row[top.id()], top.logit()));
      }
    }
  }

  /** Follows the reference's tokens, so that one close call does not hide what comes after it. */
  private void greedy(Expectation.Case each, LogitsProbe probe, float[] first) {
    float[][] row = {first};
    for (int i = 0; i < each.greedy().length; i++) {
      greedyAll++;
      int best = best(row[0]);
      if (best == each.greedy()[i]) {
        greedyEqual++;
      } else if (each.margins()[i] > 2 * tolerance) {
        faults.add(
            "%s: greedy token %d is %d, the reference says %d by %.4f"
                .formatted(each.id(), i, best, each.greedy()[i], each.margins()[i]));
      }
      probe.append(
          new int[] {each.greedy()[i]},
          new int[] {probe.length()},
          (position, next) -> row[0] = next);
    }
  }

  private double likelihood(Tokenizer tokenizer, int tokens) throws IOException {
    int[] ids = Likelihood.ids(tokenizer, Expectation.text(), tokens);
    checkIds(ids);
    TreeMap<Integer, Double> losses = Likelihood.losses(model, ids);
    expected
        .likelihood()
        .at()
        .forEach((position, loss) -> loss(position, loss, losses.get(position)));
    double mean = Likelihood.mean(losses);
    double reference = expected.likelihood().mean();
    if (tokens == expected.likelihood().tokens()
        && !(Math.abs(mean - reference) <= NLL_TOLERANCE * reference)) {
      faults.add(
          "mean negative log-likelihood is %.5f, the reference says %.5f"
              .formatted(mean, reference));
    }
    return mean;
  }

  private void loss(int position, double reference, Double found) {
    if (found != null && !(Math.abs(found - reference) <= 4 * tolerance)) {
      faults.add(
          "loss of token %d is %.5f, the reference says %.5f"
              .formatted(position + 1, found, reference));
    }
  }

  private void checkIds(int[] ids) {
    int[] first = expected.likelihood().firstIds();
    if (!Arrays.equals(
        Arrays.copyOf(ids, Math.min(ids.length, first.length)),
        Arrays.copyOf(first, Math.min(ids.length, first.length)))) {
      faults.add(
          "the text's first ids are %s, the reference says %s"
              .formatted(
                  Arrays.toString(Arrays.copyOf(ids, first.length)), Arrays.toString(first)));
    }
    int[] last = expected.likelihood().lastIds();
    if (ids.length == expected.likelihood().tokens()) {
      int[] mine = Arrays.copyOfRange(ids, ids.length - last.length, ids.length);
      if (!Arrays.equals(mine, last)) {
        faults.add(
            "the text's last ids are %s, the reference says %s"
                .formatted(Arrays.toString(mine), Arrays.toString(last)));
      }
    }
  }

  private static int best(float[] row) {
    return Logits.best(row, 0, row.length);
  }
}
