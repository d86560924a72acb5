package dev.tangram.server.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tangram.engine.TokenLogprob;
import java.util.List;

/** Log-probabilities of one choice in the form of completions: four arrays, one entry a token. */
final class CompletionLogprobs {
  private final Tokens tokens;
  private int offset;
  private ArrayNode texts;
  private ArrayNode logprobs;
  private ArrayNode tops;
  private ArrayNode offsets;

  CompletionLogprobs(Tokens tokens) {
    this.tokens = tokens;
    clear();
  }

  private void clear() {
    texts = JsonNodeFactory.instance.arrayNode();
    logprobs = JsonNodeFactory.instance.arrayNode();
    tops = JsonNodeFactory.instance.arrayNode();
    offsets = JsonNodeFactory.instance.arrayNode();
  }

  /** Adds an echoed prompt: its first token has no log-probability. */
  void prompt(int[] ids, List<TokenLogprob> scores) {
    add(ids[0], null);
    scores.forEach(score -> add(score.id(), score));
  }

  void token(TokenLogprob logprob) {
    add(logprob.id(), logprob);
  }

  private void add(int id, TokenLogprob logprob) {
    String text = tokens.textOrBytes(id);
    texts.add(text);
    offsets.add(offset);
    offset += tokens.text(id).length();
    if (logprob == null) {
      logprobs.addNull();
      tops.addNull();
      return;
    }
    logprobs.add(ChatLogprobs.finite(logprob.logprob()));
    ObjectNode top = tops.addObject();
    logprob
        .top()
        .forEach(
            other -> top.put(tokens.textOrBytes(other.id()), ChatLogprobs.finite(other.logprob())));
  }

  /** What was added since the last call. */
  ObjectNode take() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.set("tokens", texts);
    node.set("token_logprobs", logprobs);
    node.set("top_logprobs", tops);
    node.set("text_offset", offsets);
    clear();
    return node;
  }
}
