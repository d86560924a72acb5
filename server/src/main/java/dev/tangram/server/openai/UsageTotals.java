package dev.tangram.server.openai;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tangram.engine.Usage;

/** The usage of one request: choices of the same prompt count it once. */
final class UsageTotals {
  private final int choicesPerPrompt;
  private long promptTokens;
  private long cachedTokens;
  private long completionTokens;
  private long reasoningTokens;
  private long predictedRight;
  private long predictedWrong;

  UsageTotals(int choicesPerPrompt) {
    this.choicesPerPrompt = choicesPerPrompt;
  }

  void add(int choice, Usage usage) {
    if (choice % choicesPerPrompt == 0) {
      promptTokens += usage.promptTokens();
      cachedTokens += usage.cachedTokens();
    }
    completionTokens += usage.completionTokens();
    predictedRight += usage.predictedRight();
    predictedWrong += usage.predictedWrong();
  }

  /** Of the completion tokens, {@code tokens} were reasoning. */
  void addReasoning(long tokens) {
    reasoningTokens += tokens;
  }

  ObjectNode json() {
    ObjectNode usage =
        JsonNodeFactory.instance
            .objectNode()
            .put("prompt_tokens", promptTokens)
            .put("completion_tokens", completionTokens)
            .put("total_tokens", promptTokens + completionTokens);
    usage.putObject("prompt_tokens_details").put("cached_tokens", cachedTokens);
    usage
        .putObject("completion_tokens_details")
        .put("reasoning_tokens", reasoningTokens)
        .put("accepted_prediction_tokens", predictedRight)
        .put("rejected_prediction_tokens", predictedWrong);
    return usage;
  }
}
