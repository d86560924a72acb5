package dev.tangram.engine;

import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How an engine guesses ahead. Guesses run with the token before them in one step and are kept as
 * far as the sampler draws the same, so no text, log-probability or finish reason depends on any of
 * this.
 *
 * @param tokensMax most tokens guessed for one step, 1 to {@value #TOKENS_MAX}
 * @param lookupMax tokens compared when prompt and output are searched for what stood before
 * @param lookupMin of these, the tokens that must be equal, 1 to lookupMax
 */
public record Speculation(Method method, int tokensMax, int lookupMax, int lookupMin) {
  /** Most tokens guessed for one step. */
  public static final int TOKENS_MAX = 31;

  /** Most tokens that are compared. */
  public static final int LOOKUP_MAX = 64;

  /** Where guesses come from. */
  public enum Method {
    /** Nowhere. */
    OFF,
    /**
     * From what followed the same tokens in prompt and output; costs nothing where it is silent.
     */
    NGRAM,
    /** From the model's multi-token prediction head; not every model has one. */
    MTP,
    /** As NGRAM; where that is silent from the head, if the model has one. */
    AUTO;

    /** As users write it. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** Empty if no method is called that. */
    public static Optional<Method> of(String word) {
      return Arrays.stream(values()).filter(m -> m.word().equals(word)).findFirst();
    }

    /** All words, for messages. */
    public static String words() {
      return Arrays.stream(values()).map(Method::word).collect(Collectors.joining(", "));
    }

    boolean looksUp() {
      return this == NGRAM || this == AUTO;
    }

    boolean usesHead() {
      return this == MTP || this == AUTO;
    }
  }

  public static final Speculation OFF = new Speculation(Method.OFF, 15, 8, 3);

  /** Prompt lookup. */
  public static final Speculation NGRAM = OFF.with(Method.NGRAM);

  public Speculation {
    Objects.requireNonNull(method);
    check("num_speculative_tokens", tokensMax, 1, TOKENS_MAX);
    check("prompt_lookup_max", lookupMax, 1, LOOKUP_MAX);
    check("prompt_lookup_min", lookupMin, 1, lookupMax);
  }

  public Speculation with(Method other) {
    return new Speculation(other, tokensMax, lookupMax, lookupMin);
  }

  public Speculation withTokensMax(int value) {
    return new Speculation(method, value, lookupMax, lookupMin);
  }

  public boolean on() {
    return method != Method.OFF;
  }

  private static void check(String field, int found, int least, int most) {
    if (found < least || found > most) {
      throw new IllegalArgumentException(
          "%s: found %d, allowed: %d to %d".formatted(field, found, least, most));
    }
  }
}
