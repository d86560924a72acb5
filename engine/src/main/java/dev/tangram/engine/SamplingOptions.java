package dev.tangram.engine;

import java.util.Map;

/**
 * How the next token is drawn. Ranges are the caller's to check with {@link #SamplingOptions}'
 * constructor: it throws {@link IllegalArgumentException} naming the field.
 *
 * @param temperature 0 (greedy) to 2
 * @param topK keep the k likeliest; 0 for all
 * @param topP keep the likeliest whose sum reaches p, in (0, 1]
 * @param minP drop tokens less likely than p times the likeliest, in [0, 1]
 * @param repetitionPenalty divides the logits of tokens seen in prompt or output, in (0, 2]; 1 for
 *     none
 * @param presencePenalty subtracted once for tokens already in the output, in [-2, 2]
 * @param frequencyPenalty subtracted once per occurrence in the output, in [-2, 2]
 * @param logitBias added to the logits of ids, each in [-100, 100]; at most 300
 * @param seed same seed and request: same text, whatever else runs
 */
public record SamplingOptions(
    float temperature,
    int topK,
    float topP,
    float minP,
    float repetitionPenalty,
    float presencePenalty,
    float frequencyPenalty,
    Map<Integer, Float> logitBias,
    long seed) {
  /** Most entries of {@code logitBias}. */
  public static final int LOGIT_BIAS_MAX = 300;

  /** The likeliest token each time. */
  public static final SamplingOptions GREEDY =
      new SamplingOptions(0, 0, 1, 0, 1, 0, 0, Map.of(), 0);

  public SamplingOptions {
    check("temperature", temperature, 0, 2);
    check("top_k", topK, 0, Integer.MAX_VALUE);
    check("top_p", topP, Float.MIN_VALUE, 1);
    check("min_p", minP, 0, 1);
    check("repetition_penalty", repetitionPenalty, Float.MIN_VALUE, 2);
    check("presence_penalty", presencePenalty, -2, 2);
    check("frequency_penalty", frequencyPenalty, -2, 2);
    if (logitBias.size() > LOGIT_BIAS_MAX) {
      throw new IllegalArgumentException(
          "logit_bias: found %d entries, allowed: at most %d"
              .formatted(logitBias.size(), LOGIT_BIAS_MAX));
    }
    logitBias = Map.copyOf(logitBias);
    logitBias.values().forEach(bias -> check("logit_bias", bias, -100, 100));
  }

  private static void check(String field, double value, double least, double most) {
    if (!(value >= least && value <= most)) {
      throw new IllegalArgumentException(
          "%s: found %s, allowed: %s to %s"
              .formatted(field, value, least == Float.MIN_VALUE ? "above 0" : least, most));
    }
  }
}
