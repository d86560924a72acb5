package dev.tangram.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tangram.engine.SamplingOptions;
import dev.tangram.server.http.ApiException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What chat completions and completions have in common.
 *
 * @param tokensMax null if the client gave none
 * @param includeUsage a last chunk with the usage is wanted
 * @param speculative the engine may guess ahead, if it does: the answer is the same either way
 */
record CommonFields(
    String model,
    Integer tokensMax,
    SamplingOptions sampling,
    List<String> stop,
    int n,
    boolean stream,
    boolean includeUsage,
    boolean ignoreEnd,
    boolean returnTokenIds,
    boolean speculative) {
  /** Fields that would steer the server itself: never from a request. */
  private static final List<String> STEERING =
      List.of("api_base", "base_url", "chat_template", "model_path");

  static CommonFields read(Fields body) {
    for (String field : STEERING) {
      if (body.node().has(field)) {
        throw ApiException.invalid(field, field + ": is the operator's to set, not a request's");
      }
    }
    Fields streamOptions = body.object("stream_options");
    body.text("user", 4096);
    return new CommonFields(
        body.requiredText("model", RequestLimits.MODEL_CHARS_MAX),
        tokensMax(body),
        sampling(body),
        stop(body),
        (int) body.whole(NumberField.N, 1),
        body.flag("stream", false),
        streamOptions != null && streamOptions.flag("include_usage", false),
        body.flag("ignore_eos", false),
        body.flag("return_token_ids", false),
        body.flag("speculative", true));
  }

  private static Integer tokensMax(Fields body) {
    long old = body.whole(NumberField.MAX_TOKENS, -1);
    long tokens = body.whole(NumberField.MAX_COMPLETION_TOKENS, old);
    return tokens < 0 ? null : (int) tokens;
  }

  private static SamplingOptions sampling(Fields body) {
    double topP = body.number(NumberField.TOP_P, 1);
    return new SamplingOptions(
        (float) body.number(NumberField.TEMPERATURE, 1),
        (int) Math.max(0, body.whole(NumberField.TOP_K, 0)),
        (float) Math.max(Float.MIN_NORMAL, topP),
        (float) body.number(NumberField.MIN_P, 0),
        (float) body.number(NumberField.REPETITION_PENALTY, 1),
        (float) body.number(NumberField.PRESENCE_PENALTY, 0),
        (float) body.number(NumberField.FREQUENCY_PENALTY, 0),
        logitBias(body),
        body.whole(NumberField.SEED, ThreadLocalRandom.current().nextLong()));
  }

  private static Map<Integer, Float> logitBias(Fields body) {
    Fields biases = body.object("logit_bias");
    if (biases == null) {
      return Map.of();
    }
    if (biases.node().size() > SamplingOptions.LOGIT_BIAS_MAX) {
      throw ApiException.invalid(
          "logit_bias",
          "logit_bias: found %d entries, allowed: at most %d"
              .formatted(biases.node().size(), SamplingOptions.LOGIT_BIAS_MAX));
    }
    var map = new HashMap<Integer, Float>();
    for (var entry : biases.node().properties()) {
      map.put(
          tokenId(entry.getKey()),
          (float) Fields.number(NumberField.LOGIT_BIAS, "logit_bias", entry.getValue()));
    }
    return map;
  }

  private static int tokenId(String key) {
    try {
      int id = Integer.parseInt(key);
      if (id >= 0) {
        return id;
      }
    } catch (NumberFormatException e) {
      // Answered below, as a negative one.
    }
    throw ApiException.invalid("logit_bias", "logit_bias: found a key that is no token id");
  }

  private static List<String> stop(Fields body) {
    JsonNode value = body.value("stop");
    if (value == null) {
      return List.of();
    }
    List<JsonNode> found =
        value.isTextual() ? List.of(value) : body.array("stop", RequestLimits.STOP_MAX);
    var stops = new ArrayList<String>();
    for (JsonNode stop : found) {
      if (!stop.isTextual()) {
        throw Fields.wrongType("stop", stop, "a string or an array of strings");
      }
      if (stop.textValue().isEmpty()) {
        throw ApiException.invalid("stop", "stop: found an empty string");
      }
      stops.add(
          Fields.bounded(
              "stop", Fields.wellFormed(stop.textValue()), RequestLimits.STOP_CHARS_MAX));
    }
    return stops;
  }

  /** The seed of a choice: the client's own for the first, so that n = 1 and n = 3 begin alike. */
  SamplingOptions sampling(int choice) {
    if (choice == 0) {
      return sampling;
    }
    return new SamplingOptions(
        sampling.temperature(),
        sampling.topK(),
        sampling.topP(),
        sampling.minP(),
        sampling.repetitionPenalty(),
        sampling.presencePenalty(),
        sampling.frequencyPenalty(),
        sampling.logitBias(),
        mix(sampling.seed() + choice * 0x9E3779B97F4A7C15L));
  }

  /** SplitMix64: neighbouring seeds become unrelated ones. */
  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
