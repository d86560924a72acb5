package dev.tangram.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tangram.server.http.ApiException;
import java.util.ArrayList;
import java.util.List;

/**
 * A completion request.
 *
 * @param logprobs alternatives per token, -1 for no log-probabilities
 */
record CompletionFields(CommonFields common, List<Prompt> prompts, boolean echo, int logprobs) {
  /** As OpenAI: completions are short unless asked to be long. */
  static final int TOKENS_DEFAULT = 16;

  private static final int TOKENS_MAX = 1 << 20;

  /** What to go on from. */
  sealed interface Prompt {}

  record Text(String text) implements Prompt {}

  record Ids(int[] ids) implements Prompt {}

  static CompletionFields read(Fields body) {
    CommonFields common = CommonFields.read(body);
    if (body.has("suffix")) {
      throw ApiException.invalid("suffix", "suffix: is not supported");
    }
    body.whole(NumberField.BEST_OF, 1);
    return new CompletionFields(
        common,
        prompts(body),
        body.flag("echo", false),
        (int) body.whole(NumberField.LOGPROBS, -1));
  }

  private static List<Prompt> prompts(Fields body) {
    JsonNode value = body.value("prompt");
    if (value == null) {
      throw body.missing("prompt");
    }
    if (value.isTextual()) {
      return List.of(text(value));
    }
    List<JsonNode> elements = body.array("prompt", TOKENS_MAX);
    if (elements.isEmpty()) {
      throw ApiException.invalid("prompt", "prompt: found an empty array");
    }
    if (elements.getFirst().isNumber()) {
      return List.of(ids(elements));
    }
    if (elements.size() > RequestLimits.PROMPTS_MAX) {
      throw ApiException.invalid(
          "prompt",
          "prompt: found %d prompts, allowed: at most %d"
              .formatted(elements.size(), RequestLimits.PROMPTS_MAX));
    }
    var prompts = new ArrayList<Prompt>();
    boolean texts = elements.getFirst().isTextual();
    for (JsonNode element : elements) {
      if (texts ? !element.isTextual() : !element.isArray()) {
        throw Fields.wrongType(
            "prompt",
            element,
            "a string, an array of strings, of token ids, or of arrays of token ids");
      }
      prompts.add(texts ? text(element) : ids(element.valueStream().toList()));
    }
    return prompts;
  }

  private static Text text(JsonNode value) {
    if (value.textValue().isEmpty()) {
      throw ApiException.invalid("prompt", "prompt: found an empty string");
    }
    return new Text(Fields.wellFormed(value.textValue()));
  }

  private static Ids ids(List<JsonNode> elements) {
    if (elements.isEmpty()) {
      throw ApiException.invalid("prompt", "prompt: found an empty array of token ids");
    }
    int[] ids = new int[elements.size()];
    for (int i = 0; i < ids.length; i++) {
      JsonNode element = elements.get(i);
      if (!element.isIntegralNumber() || !element.canConvertToInt() || element.intValue() < 0) {
        throw ApiException.invalid("prompt", "prompt: found something else among token ids");
      }
      ids[i] = element.intValue();
    }
    return new Ids(ids);
  }
}
