package dev.tangram.server.openai;

import dev.tangram.engine.GenerationRequest;
import dev.tangram.engine.SamplingOptions;
import java.util.LinkedHashMap;
import java.util.Map;

/** Bounds on what one request may ask for. */
public final class RequestLimits {
  static final int MODEL_CHARS_MAX = 256;
  static final int STOP_MAX = 4;
  static final int STOP_CHARS_MAX = 256;
  static final int MESSAGES_MAX = 4096;
  static final int CONTENT_PARTS_MAX = 1024;
  static final int TOOLS_MAX = 128;
  static final int TOOL_CALLS_MAX = 128;
  static final int PROMPTS_MAX = 32;
  static final int INPUTS_MAX = 2048;
  static final int DOCUMENTS_MAX = 1024;

  private RequestLimits() {}

  /** All of them by name, in a fixed order. */
  public static Map<String, Object> all() {
    var all = new LinkedHashMap<String, Object>();
    all.put("n_max", (int) NumberField.N.most());
    all.put("stop_max", STOP_MAX);
    all.put("stop_chars_max", STOP_CHARS_MAX);
    all.put("logit_bias_max", SamplingOptions.LOGIT_BIAS_MAX);
    all.put("logprobs_max", GenerationRequest.LOGPROBS_MAX);
    all.put("messages_max", MESSAGES_MAX);
    all.put("content_parts_max", CONTENT_PARTS_MAX);
    all.put("tools_max", TOOLS_MAX);
    all.put("tool_calls_max", TOOL_CALLS_MAX);
    all.put("prompts_max", PROMPTS_MAX);
    all.put("embedding_inputs_max", INPUTS_MAX);
    all.put("rerank_documents_max", DOCUMENTS_MAX);
    all.put("completion_max_tokens_default", CompletionFields.TOKENS_DEFAULT);
    return all;
  }
}
