package dev.tangram.server.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tangram.engine.TokenLogprob;

/** Log-probabilities in the form of chat completions. */
final class ChatLogprobs {
  /** JSON has no minus infinity. */
  static final double LEAST = -9999;

  private final Tokens tokens;

  ChatLogprobs(Tokens tokens) {
    this.tokens = tokens;
  }

  /** {@code {"content":[...],"refusal":null}} around entries. */
  static ObjectNode around(ArrayNode entries) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.set("content", entries);
    node.putNull("refusal");
    return node;
  }

  void add(ArrayNode entries, TokenLogprob logprob) {
    ObjectNode entry = entries.addObject();
    put(entry, logprob.id(), logprob.logprob());
    ArrayNode top = entry.putArray("top_logprobs");
    logprob.top().forEach(other -> put(top.addObject(), other.id(), other.logprob()));
  }

  private void put(ObjectNode entry, int id, float logprob) {
    entry.put("token", tokens.text(id)).put("logprob", finite(logprob));
    ArrayNode bytes = entry.putArray("bytes");
    for (byte b : tokens.bytes(id)) {
      bytes.add(b & 0xff);
    }
  }

  static double finite(float logprob) {
    return Math.max(LEAST, Float.isNaN(logprob) ? LEAST : logprob);
  }
}
