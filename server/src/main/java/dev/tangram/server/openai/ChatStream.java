package dev.tangram.server.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tangram.engine.ChatPrompt;
import dev.tangram.engine.Generation;
import dev.tangram.engine.TokenLogprob;
import dev.tangram.engine.reply.ReplyPart;
import dev.tangram.server.http.ApiException;
import dev.tangram.server.http.Exchange;
import java.util.Arrays;
import java.util.List;

/** A chat completion as a stream of chunks. */
final class ChatStream implements Answer {
  private final Streaming stream;
  private final ChatFields fields;
  private final int[] prompt;
  private final ChatReply[] replies;
  private final UsageTotals totals;
  private final ChatLogprobs logprobs;

  ChatStream(Exchange exchange, Reply reply, ChatFields fields, ChatPrompt prompt, Tokens tokens) {
    this.fields = fields;
    this.prompt = prompt.ids();
    logprobs = new ChatLogprobs(tokens);
    CommonFields common = fields.common();
    totals = new UsageTotals(common.n());
    replies = new ChatReply[common.n()];
    Arrays.setAll(replies, i -> new ChatReply(fields.thinking(prompt)));
    stream =
        new Streaming(
            exchange,
            reply,
            "chat.completion.chunk",
            common.includeUsage(),
            totals);
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
    List<ReplyPart> parts = replies[choice].feed(delta);
    if (parts.isEmpty() && !scored && !withIds) {
      return;
    }
    ObjectNode node = choice(choice);
    ChatReply.write(parts, node.putObject("delta"));
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
    List<ReplyPart> rest = replies[choice].finish(finished.text());
    if (!rest.isEmpty()) {
      send(choice, rest);
    }
    ObjectNode node = choice(choice);
    node.putObject("delta");
    node.putNull("logprobs").put("finish_reason", Reply.reason(finished.reason()));
    stream.send(node);
    stream.count(choice, finished.usage());
    totals.addReasoning(replies[choice].reasoningTokens());
  }

  /**
   * A chunk like any other, adding nothing: comments break some clients and do not reset the timers
   * of others.
   */
  @Override
  public void heartbeat() {
    if (!begin()) {
      send(0, List.of());
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

  private void send(int choice, List<ReplyPart> parts) {
    ObjectNode node = choice(choice);
    ChatReply.write(parts, node.putObject("delta"));
    node.putNull("logprobs").putNull("finish_reason");
    stream.send(node);
  }

  private static ObjectNode choice(int index) {
    return JsonNodeFactory.instance.objectNode().put("index", index);
  }
}
