package dev.tangram.engine.sample;

import dev.tangram.engine.TokenLogprob;
import java.util.ArrayList;
import java.util.List;

/** Plain questions to a row of logits. */
public final class Logits {
  private Logits() {}

  /**
   * The id of the highest finite logit, the lowest id of equals; -1 if there is none or one is NaN
   * or +infinite.
   */
  public static int best(float[] logits, int offset, int vocabulary) {
    int best = -1;
    float most = Float.NEGATIVE_INFINITY;
    boolean sound = true;
    for (int id = 0; id < vocabulary; id++) {
      float logit = logits[offset + id];
      sound &= logit < Float.POSITIVE_INFINITY;
      if (logit > most) {
        most = logit;
        best = id;
      }
    }
    return sound ? best : -1;
  }

  /** ln(sum(exp(logits))) in double. */
  public static double logSumExp(float[] logits, int offset, int vocabulary) {
    float most = Float.NEGATIVE_INFINITY;
    for (int id = 0; id < vocabulary; id++) {
      most = Math.max(most, logits[offset + id]);
    }
    double sum = 0;
    for (int id = 0; id < vocabulary; id++) {
      sum += Math.exp(logits[offset + id] - most);
    }
    return most + Math.log(sum);
  }

  /** The log-probability of {@code id} and of the {@code top} likeliest ids. */
  public static TokenLogprob logprob(float[] logits, int offset, int vocabulary, int id, int top) {
    double total = logSumExp(logits, offset, vocabulary);
    List<TokenLogprob.Alternative> alternatives = new ArrayList<>(top + 1);
    for (int candidate = 0; candidate < vocabulary && top > 0; candidate++) {
      float logit = logits[offset + candidate];
      if (alternatives.size() < top || logit > alternatives.getLast().logprob()) {
        int at = alternatives.size();
        while (at > 0 && alternatives.get(at - 1).logprob() < logit) {
          at--;
        }
        alternatives.add(at, new TokenLogprob.Alternative(candidate, logit));
        if (alternatives.size() > top) {
          alternatives.removeLast();
        }
      }
    }
    alternatives.replaceAll(
        a -> new TokenLogprob.Alternative(a.id(), (float) (a.logprob() - total)));
    return new TokenLogprob(id, (float) (logits[offset + id] - total), List.copyOf(alternatives));
  }
}
