package dev.tangram.server.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tangram.engine.Generation;
import dev.tangram.engine.TokenLogprob;
import dev.tangram.server.http.ApiException;
import dev.tangram.server.http.Exchange;
import java.util.List;

/** A chat completion as a stream of chunks. */
final class ChatStream implements Answer {
  private final Streaming stream;
  private final ChatFields fields;
  private final int[] prompt;
  private final ChatLogprobs logprobs;

  ChatStream(Exchange exchange, Reply reply, ChatFields fields, int[] prompt, Tokens tokens) {
    this.fields = fields;
    this.prompt = prompt;
    logprobs = new ChatLogprobs(tokens);
    CommonFields common = fields.common();
    stream =
        new Streaming(
            exchange,
            reply,
            "chat.completion.chunk",
            common.includeUsage(),
            new UsageTotals(common.n()));
  }

  @Override
  public void promptScores(int choice, List<TokenLogprob> scores) {
    throw new IllegalStateException("chat completions ask for no prompt scores");
  }

  @Override
  public void delta(int choice, Generation.Delta delta) {
    begin();
    boolean scored = delta.logprob() != null;
    boolean withIds = fields.common().returnTokenIds();
    if (delta.text().isEmpty() && !scored && !withIds) {
      return;
    }
    ObjectNode node = choice(choice);
    node.putObject("delta").put("content", delta.text());
    if (scored) {
      ArrayNode entries = JsonNodeFactory.instance.arrayNode();
      logprobs.add(entries, delta.logprob());
      node.set("logprobs", ChatLogprobs.around(entries));
    } else {
      node.putNull("logprobs");
    }
    node.putNull("finish_reason");
    if (withIds) {
      node.putArray("token_ids").add(delta.token());
    }
    stream.send(node);
  }

  @Override
  public void finished(int choice, Generation.Finished finished) {
    begin();
    if (!finished.text().isEmpty()) {
      text(choice, finished.text());
    }
    ObjectNode node = choice(choice);
    node.putObject("delta");
    node.putNull("logprobs").put("finish_reason", Reply.reason(finished.reason()));
    stream.send(node);
    stream.count(choice, finished.usage());
  }

  /**
   * A chunk like any other, adding nothing: comments break some clients and do not reset the timers
   * of others.
   */
  @Override
  public void heartbeat() {
    if (!begin()) {
      text(0, "");
    }
  }

  @Override
  public void complete() {
    stream.complete();
  }

  @Override
  public void fail(ApiException error) {
    stream.fail(error);
  }

  /** Sends the role of every choice first. */
  private boolean begin() {
    if (!stream.begin()) {
      return false;
    }
    for (int i = 0; i < fields.common().n(); i++) {
      ObjectNode node = choice(i);
      node.putObject("delta").put("role", "assistant").put("content", "");
      node.putNull("logprobs").putNull("finish_reason");
      stream.send(node, i == 0 && fields.common().returnTokenIds() ? prompt : null);
    }
    return true;
  }

  private void text(int choice, String text) {
    ObjectNode node = choice(choice);
    node.putObject("delta").put("content", text);
    node.putNull("logprobs").putNull("finish_reason");
    stream.send(node);
  }

  private static ObjectNode choice(int index) {
    return JsonNodeFactory.instance.objectNode().put("index", index);
  }
}
