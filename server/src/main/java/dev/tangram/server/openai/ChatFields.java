package dev.tangram.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tangram.server.http.ApiException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A chat completion request.
 *
 * @param messages as the template takes them
 * @param logprobs alternatives per token, -1 for no log-probabilities
 * @param separateReasoning reasoning gets a field of its own; otherwise it stays in the content,
 *     tags and all
 * @param prediction text that the answer is likely to repeat; may be empty
 * @param templateValues further values for the template: add_generation_prompt, enable_thinking and
 *     the like
 */
record ChatFields(
    CommonFields common,
    List<Map<String, Object>> messages,
    List<Map<String, Object>> tools,
    int logprobs,
    boolean separateReasoning,
    String prediction,
    Map<String, Object> templateValues) {
  private static final int TEMPLATE_VALUES_MAX = 32;
  private static final Set<String> RESERVED =
      Set.of("chat_template", "messages", "tools", "documents", "bos_token", "eos_token");

  private static final List<String> EFFORTS =
      List.of("none", "minimal", "low", "medium", "high", "xhigh");

  static ChatFields read(Fields body) {
    CommonFields common = CommonFields.read(body);
    if (common.tokensMax() != null && common.tokensMax() == 0) {
      throw ApiException.invalid("max_tokens", "max_tokens: found 0, allowed: at least 1");
    }
    responseFormat(body);
    return new ChatFields(
        common,
        Messages.read(body),
        Tools.read(body),
        logprobs(body),
        body.flag("separate_reasoning", true),
        prediction(body),
        templateValues(body));
  }

  private static int logprobs(Fields body) {
    boolean wanted = body.flag("logprobs", false);
    int top = (int) body.whole(NumberField.TOP_LOGPROBS, -1);
    if (top >= 0 && !wanted) {
      throw ApiException.invalid(
          "top_logprobs", "top_logprobs: is only allowed with logprobs: true");
    }
    return wanted ? Math.max(0, top) : -1;
  }

  /** OpenAI's predicted output: {@code {"type": "content", "content": text or text parts}}. */
  private static String prediction(Fields body) {
    Fields prediction = body.object("prediction");
    if (prediction == null) {
      return "";
    }
    if (!"content".equals(prediction.requiredText("type", 64))) {
      throw ApiException.invalid("prediction.type", "prediction.type: allowed: content");
    }
    if (!prediction.has("content")) {
      throw prediction.missing("content");
    }
    return Messages.content(prediction);
  }

  private static void responseFormat(Fields body) {
    Fields format = body.object("response_format");
    if (format != null && !"text".equals(format.requiredText("type", 64))) {
      throw ApiException.invalid(
          "response_format", "response_format: only type text is supported yet");
    }
  }

  private static Map<String, Object> templateValues(Fields body) {
    var values = new LinkedHashMap<String, Object>();
    Fields extra = body.object("chat_template_kwargs");
    if (extra != null) {
      if (extra.node().size() > TEMPLATE_VALUES_MAX) {
        throw ApiException.invalid(
            "chat_template_kwargs",
            "chat_template_kwargs: allowed: at most %d entries".formatted(TEMPLATE_VALUES_MAX));
      }
      extra.node().properties().forEach(entry -> scalar(values, entry.getKey(), entry.getValue()));
    }
    String effort = body.text("reasoning_effort", 16);
    if (effort != null) {
      if (!EFFORTS.contains(effort)) {
        throw ApiException.invalid(
            "reasoning_effort", "reasoning_effort: allowed: " + String.join(", ", EFFORTS));
      }
      values.put("reasoning_effort", effort);
      if (effort.equals("none")) {
        values.put("enable_thinking", false);
      }
    }
    if (body.has("enable_thinking")) {
      values.put("enable_thinking", body.flag("enable_thinking", true));
    }
    values.put(
        "add_generation_prompt",
        body.flag(
            "add_generation_prompt", !Boolean.FALSE.equals(values.get("add_generation_prompt"))));
    return values;
  }

  private static void scalar(Map<String, Object> values, String key, JsonNode value) {
    if (RESERVED.contains(key)) {
      throw ApiException.invalid(
          "chat_template_kwargs", "chat_template_kwargs: may not set what the server sets itself");
    }
    boolean small = value.isTextual() && value.textValue().length() <= 256;
    if (!(value.isBoolean() || value.isNumber() || small)) {
      throw ApiException.invalid(
          "chat_template_kwargs",
          "chat_template_kwargs: allowed: booleans, numbers and strings of at most 256 characters");
    }
    values.put(key, PlainJson.of(value));
  }
}
