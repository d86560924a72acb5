package dev.tangram.engine.sample;

import dev.tangram.engine.SamplingOptions;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Draws one sequence's tokens: logit bias, penalties, temperature, then min_p, top_k and top_p,
 * then a draw that depends only on the seed and on how many tokens were made, so a preempted or
 * batched sequence draws the same.
 *
 * <p>Threads: one sequence's sampler is used by one thread at a time.
 */
public final class Sampler {
  /**
   * Below this distance from the best logit a token's share is under 1e-13 and is taken as none.
   */
  private static final float NEGLIGIBLE = 30;

  private final SamplingOptions options;
  private final Map<Integer, Integer> madeCounts = new HashMap<>();
  private final Set<Integer> seen = new HashSet<>();
  private final Candidates candidates;

  /**
   * @param prompt ids that the repetition penalty counts as seen
   * @param vocabulary ids that may be drawn are below this
   */
  public Sampler(SamplingOptions options, int[] prompt, int vocabulary) {
    this.options = options;
    this.candidates = options.temperature() == 0 ? null : new Candidates(vocabulary);
    if (options.repetitionPenalty() != 1) {
      for (int id : prompt) {
        if (id < vocabulary) {
          seen.add(id);
        }
      }
    }
  }

  /**
   * Draws the next token.
   *
   * @param logits changed: bias and penalties are applied in place to [offset, offset + vocabulary)
   * @param made tokens made before this one
   * @return the id, or -1 if no logit is a finite number
   */
  public int draw(float[] logits, int offset, int vocabulary, int made) {
    adjust(logits, offset, vocabulary);
    int id =
        candidates == null
            ? Logits.best(logits, offset, vocabulary)
            : drawOne(logits, offset, vocabulary, made);
    if (id >= 0) {
      madeCounts.merge(id, 1, Integer::sum);
      if (options.repetitionPenalty() != 1) {
        seen.add(id);
      }
    }
    return id;
  }

  private void adjust(float[] logits, int offset, int vocabulary) {
    options
        .logitBias()
        .forEach(
            (id, bias) -> {
              if (id < vocabulary) {
                logits[offset + id] += bias;
              }
            });
    if (options.repetitionPenalty() != 1) {
      for (int id : seen) {
        float logit = logits[offset + id];
        logits[offset + id] =
            logit > 0 ? logit / options.repetitionPenalty() : logit * options.repetitionPenalty();
      }
    }
    if (options.presencePenalty() != 0 || options.frequencyPenalty() != 0) {
      madeCounts.forEach(
          (id, count) ->
              logits[offset + id] -=
                  options.presencePenalty() + options.frequencyPenalty() * count);
    }
  }

  private int drawOne(float[] logits, int offset, int vocabulary, int made) {
    int best = Logits.best(logits, offset, vocabulary);
    if (best < 0) {
      return -1;
    }
    float inverse = 1 / options.temperature();
    float top = logits[offset + best];
    float least = top - NEGLIGIBLE * options.temperature();
    if (options.minP() > 0) {
      least = Math.max(least, top + (float) Math.log(options.minP()) * options.temperature());
    }
    candidates.clear();
    candidates.add(logits, offset, least, top, inverse);
    if (options.topK() > 0) {
      candidates.keepLikeliest(options.topK());
    }
    if (options.topP() < 1) {
      candidates.keepMass(options.topP());
    }
    return candidates.pick(uniform(options.seed(), made));
  }

  /** A number in [0, 1) from a seed and a counter: SplitMix64 (Steele, Lea, Flood 2014). */
  static double uniform(long seed, int counter) {
    long z = seed + (counter + 1L) * 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    z ^= z >>> 31;
    return (z >>> 11) * 0x1.0p-53;
  }
}
