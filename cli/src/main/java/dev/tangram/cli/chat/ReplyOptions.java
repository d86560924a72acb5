package dev.tangram.cli.chat;

import dev.tangram.engine.SamplingOptions;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How replies are made. The defaults suit small chat models.
 *
 * @param system instruction before all turns; empty for the template's own
 * @param seed null: another one each time
 * @param tokensMax most tokens of a reply; 0: what the context holds
 * @param think whether a model that can shall reason first; null: as its template has it
 */
public record ReplyOptions(
    String system,
    float temperature,
    int topK,
    float topP,
    float minP,
    float repetitionPenalty,
    Long seed,
    int tokensMax,
    Boolean think) {
  public static final ReplyOptions DEFAULT =
      new ReplyOptions("", 0.7f, 20, 0.8f, 0, 1.05f, null, 0, null);

  /** The names that {@link #with} takes, as shown to people. */
  public static final String NAMES =
      "system, temperature, top_k, top_p, min_p, repetition_penalty, seed, max_tokens, think";

  public ReplyOptions {
    // Checked here so that a bad value is refused when it is set, not at the next reply.
    sampling(temperature, topK, topP, minP, repetitionPenalty, 0);
    if (tokensMax < 0) {
      throw new IllegalArgumentException(
          "max_tokens: found %d, allowed: at least 0".formatted(tokensMax));
    }
  }

  /**
   * Changes one of {@link #NAMES}.
   *
   * @throws IllegalArgumentException with a sentence that names what is allowed
   */
  public ReplyOptions with(String name, String value) {
    try {
      return switch (name) {
        case "system" -> withSystem(value);
        case "temperature" -> withTemperature(Float.parseFloat(value));
        case "top_k" ->
            new ReplyOptions(
                system,
                temperature,
                Integer.parseInt(value),
                topP,
                minP,
                repetitionPenalty,
                seed,
                tokensMax, think);
        case "top_p" -> withTopP(Float.parseFloat(value));
        case "min_p" ->
            new ReplyOptions(
                system,
                temperature,
                topK,
                topP,
                Float.parseFloat(value),
                repetitionPenalty,
                seed,
                tokensMax, think);
        case "repetition_penalty" ->
            new ReplyOptions(
                system, temperature, topK, topP, minP, Float.parseFloat(value), seed, tokensMax, think);
        case "seed" -> withSeed(Long.parseLong(value));
        case "think" -> withThink(flag(value));
        case "max_tokens" -> withTokensMax(Integer.parseInt(value));
        default ->
            throw new IllegalArgumentException(
                "%s is no setting; there are: %s".formatted(name, NAMES));
      };
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "%s: found \"%s\", allowed: a number".formatted(name, value), e);
    }
  }

  public ReplyOptions withSystem(String value) {
    return new ReplyOptions(
        value, temperature, topK, topP, minP, repetitionPenalty, seed, tokensMax, think);
  }

  public ReplyOptions withTemperature(float value) {
    return new ReplyOptions(system, value, topK, topP, minP, repetitionPenalty, seed, tokensMax, think);
  }

  public ReplyOptions withTopP(float value) {
    return new ReplyOptions(
        system, temperature, topK, value, minP, repetitionPenalty, seed, tokensMax, think);
  }

  public ReplyOptions withSeed(long value) {
    return new ReplyOptions(
        system, temperature, topK, topP, minP, repetitionPenalty, value, tokensMax, think);
  }

  public ReplyOptions withTokensMax(int value) {
    return new ReplyOptions(system, temperature, topK, topP, minP, repetitionPenalty, seed, value, think);
  }

  public ReplyOptions withThink(Boolean value) {
    return new ReplyOptions(
        system, temperature, topK, topP, minP, repetitionPenalty, seed, tokensMax, value);
  }

  /** An empty value gives the choice back to the model. */
  private static Boolean flag(String value) {
    return switch (value) {
      case "" -> null;
      case "true", "on", "1" -> true;
      case "false", "off", "0" -> false;
      default ->
          throw new IllegalArgumentException(
              "think: found \"%s\", allowed: true or false".formatted(value));
    };
  }

  /** Values for the chat template. */
  Map<String, Object> templateValues() {
    return think == null ? Map.of() : Map.of("enable_thinking", think);
  }

  SamplingOptions sampling() {
    long drawn = seed == null ? ThreadLocalRandom.current().nextLong() : seed;
    return sampling(temperature, topK, topP, minP, repetitionPenalty, drawn);
  }

  private static SamplingOptions sampling(
      float temperature, int topK, float topP, float minP, float repetitionPenalty, long seed) {
    return new SamplingOptions(
        temperature, topK, topP, minP, repetitionPenalty, 0, 0, Map.of(), seed);
  }

  /** One setting a line. */
  public String describe() {
    return """
        system              %s
        temperature         %s
        top_k               %d
        top_p               %s
        min_p               %s
        repetition_penalty  %s
        seed                %s
        max_tokens          %s
        think               %s
        """
        .formatted(
            system.isEmpty() ? "(the model's own)" : system,
            temperature,
            topK,
            topP,
            minP,
            repetitionPenalty,
            seed == null ? "(random)" : seed,
            tokensMax == 0 ? "(what the context holds)" : tokensMax,
            think == null ? "(as the model has it)" : think);
  }
}
