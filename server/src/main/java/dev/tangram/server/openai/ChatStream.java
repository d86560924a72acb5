package dev.tangram.server.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tangram.engine.ChatPrompt;
import dev.tangram.engine.Generation;
import dev.tangram.engine.TokenLogprob;
import dev.tangram.server.http.ApiException;
import dev.tangram.server.http.Exchange;
import java.util.Arrays;
import java.util.List;

/** A chat completion as a stream of chunks. */
final class ChatStream implements Answer {
  private static final ChatReply.News NOTHING = new ChatReply.News("", "", List.of());

  private final Streaming stream;
  private final ChatFields fields;
  private final int[] prompt;
  private final ChatReply[] replies;
  private final UsageTotals totals;
  // Of each choice: calls whose head, and whose arguments, were sent.
  private final int[] heads;
  private final int[] bodies;
  private final ChatLogprobs logprobs;

  ChatStream(Exchange exchange, Reply reply, ChatFields fields, ChatPrompt prompt, Tokens tokens) {
    this.fields = fields;
    this.prompt = prompt.ids();
    logprobs = new ChatLogprobs(tokens);
    CommonFields common = fields.common();
    totals = new UsageTotals(common.n());
    heads = new int[common.n()];
    bodies = new int[common.n()];
    replies = new ChatReply[common.n()];
    Arrays.setAll(replies, i -> new ChatReply(fields, prompt));
    stream = new Streaming(exchange, reply, "chat.completion.chunk", common.includeUsage(), totals);
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
    ChatReply.News news = replies[choice].feed(delta);
    if (news.isEmpty() && !scored && !withIds) {
      return;
    }
    ObjectNode node = choice(choice);
    write(choice, news, node.putObject("delta"));
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
    sendArguments(choice, news.calls());
  }

  @Override
  public void finished(int choice, Generation.Finished finished) {
    begin();
    ChatReply.News rest = replies[choice].finish(finished.text());
    if (!rest.isEmpty()) {
      send(choice, rest);
      sendArguments(choice, rest.calls());
    }
    ObjectNode node = choice(choice);
    node.putObject("delta");
    node.putNull("logprobs").put("finish_reason", replies[choice].reason(finished.reason()));
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
      send(0, NOTHING);
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

  private void send(int choice, ChatReply.News news) {
    ObjectNode node = choice(choice);
    write(choice, news, node.putObject("delta"));
    node.putNull("logprobs").putNull("finish_reason");
    stream.send(node);
  }

  private void write(int choice, ChatReply.News news, ObjectNode delta) {
    if (!news.reasoning().isEmpty()) {
      ChatReply.putReasoning(delta, news.reasoning());
    }
    if (!news.content().isEmpty() || news.reasoning().isEmpty() && news.calls().isEmpty()) {
      delta.put("content", news.content());
    }
    if (!news.calls().isEmpty()) {
      ArrayNode calls = delta.putArray("tool_calls");
      for (ToolCall call : news.calls()) {
        call.writeHead(calls.addObject().put("index", heads[choice]++));
      }
    }
  }

  /** A call's arguments follow its head, and name neither id nor function again. */
  private void sendArguments(int choice, List<ToolCall> calls) {
    for (ToolCall call : calls) {
      ObjectNode node = choice(choice);
      ObjectNode fragment = node.putObject("delta").putArray("tool_calls").addObject();
      fragment.put("index", bodies[choice]++);
      fragment.putObject("function").put("arguments", call.arguments());
      node.putNull("logprobs").putNull("finish_reason");
      stream.send(node);
    }
  }

  private static ObjectNode choice(int index) {
    return JsonNodeFactory.instance.objectNode().put("index", index);
  }
}
