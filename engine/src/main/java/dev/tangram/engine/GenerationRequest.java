package dev.tangram.engine;

import dev.tangram.schedule.CacheScope;
import java.util.List;
import java.util.Objects;

/**
 * One prompt and what is wanted of it.
 *
 * @param prompt token ids, at least one, each in the vocabulary
 * @param tokensMax most tokens to make, at least 0 (0 with {@code promptLogprobs} scores the
 *     prompt)
 * @param stop strings that end the text and are not part of it; at most 16, none empty
 * @param logprobs likeliest alternatives to report for each made token: -1 for no
 *     log-probabilities, else 0..20
 * @param promptLogprobs the same for the prompt's tokens; -1 for none
 * @param ignoreEnd go on after an end token (benchmarks)
 * @param readout what is wanted instead of text, which then must be of no tokens; null for text
 * @param speculative whether the engine may guess ahead, if it does; changes nothing but the time
 * @param prediction what the answer is likely to be, as ids: guesses are taken from it too; may be
 *     empty
 */
public record GenerationRequest(
    int[] prompt,
    int tokensMax,
    SamplingOptions sampling,
    List<String> stop,
    int logprobs,
    int promptLogprobs,
    boolean ignoreEnd,
    CacheScope scope,
    Readout readout,
    boolean speculative,
    int[] prediction) {
  private static final int[] NO_TOKENS = {};

  /** Most alternatives in a log-probability report. */
  public static final int LOGPROBS_MAX = 20;

  public GenerationRequest {
    Objects.requireNonNull(sampling);
    Objects.requireNonNull(scope);
    stop = List.copyOf(stop);
    check("prompt", prompt.length, 1, Integer.MAX_VALUE);
    check("max_tokens", tokensMax, 0, Integer.MAX_VALUE);
    check("stop", stop.size(), 0, 16);
    stop.forEach(s -> check("stop", s.length(), 1, 1024));
    check("logprobs", logprobs, -1, LOGPROBS_MAX);
    check("prompt_logprobs", promptLogprobs, -1, LOGPROBS_MAX);
    if (readout != null) {
      check("max_tokens", tokensMax, 0, 0);
      check("prompt_logprobs", promptLogprobs, -1, -1);
    }
  }

  /** A request for text. */
  public GenerationRequest(
      int[] prompt,
      int tokensMax,
      SamplingOptions sampling,
      List<String> stop,
      int logprobs,
      int promptLogprobs,
      boolean ignoreEnd,
      CacheScope scope) {
    this(
        prompt,
        tokensMax,
        sampling,
        stop,
        logprobs,
        promptLogprobs,
        ignoreEnd,
        scope,
        null,
        true,
        NO_TOKENS);
  }

  /** A request for what the model makes of a prompt. */
  public static GenerationRequest reading(int[] prompt, Readout readout, CacheScope scope) {
    return new GenerationRequest(
        prompt,
        0,
        SamplingOptions.GREEDY,
        List.of(),
        -1,
        -1,
        false,
        scope,
        Objects.requireNonNull(readout),
        false,
        NO_TOKENS);
  }

  /** A greedy request with nothing special about it. */
  public static GenerationRequest greedy(int[] prompt, int tokensMax) {
    return new GenerationRequest(
        prompt, tokensMax, SamplingOptions.GREEDY, List.of(), -1, -1, false, CacheScope.LOCAL);
  }

  /** The same, with or without guessing ahead. */
  public GenerationRequest withSpeculation(boolean allowed, int[] likely) {
    return new GenerationRequest(
        prompt,
        tokensMax,
        sampling,
        stop,
        logprobs,
        promptLogprobs,
        ignoreEnd,
        scope,
        readout,
        allowed,
        likely);
  }

  private static void check(String field, int found, int least, int most) {
    if (found < least || found > most) {
      throw new IllegalArgumentException(
          "%s: found %d, allowed: %d to %d".formatted(field, found, least, most));
    }
  }
}
