package dev.tangram.server.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tangram.engine.ChatPrompt;
import dev.tangram.engine.Generation;
import dev.tangram.engine.TokenLogprob;
import dev.tangram.engine.reply.ReplyPart;
import dev.tangram.engine.reply.Thinking;
import dev.tangram.server.http.ApiException;
import dev.tangram.server.http.Exchange;
import java.util.ArrayList;
import java.util.List;

/** A chat completion as one object. */
final class ChatWhole implements Answer {
  private final Exchange exchange;
  private final Reply reply;
  private final CommonFields common;
  private final int[] prompt;
  private final ChatLogprobs logprobs;
  private final UsageTotals totals;
  private final ChatReply[] replies;
  private final boolean thinks;
  private final List<List<ReplyPart>> texts = new ArrayList<>();
  private final ArrayNode[] entries;
  private final ArrayNode[] ids;
  private final String[] reasons;

  ChatWhole(Exchange exchange, Reply reply, ChatFields fields, ChatPrompt prompt, Tokens tokens) {
    this.exchange = exchange;
    this.reply = reply;
    this.prompt = prompt.ids();
    common = fields.common();
    logprobs = new ChatLogprobs(tokens);
    totals = new UsageTotals(common.n());
    thinks = fields.thinking(prompt) != Thinking.NONE;
    replies = new ChatReply[common.n()];
    entries = new ArrayNode[common.n()];
    ids = new ArrayNode[common.n()];
    reasons = new String[common.n()];
    for (int i = 0; i < common.n(); i++) {
      replies[i] = new ChatReply(fields.thinking(prompt));
      texts.add(new ArrayList<>());
      entries[i] = fields.logprobs() < 0 ? null : JsonNodeFactory.instance.arrayNode();
      ids[i] = JsonNodeFactory.instance.arrayNode();
    }
  }

  @Override
  public void promptScores(int choice, List<TokenLogprob> scores) {
    throw new IllegalStateException("chat completions ask for no prompt scores");
  }

  @Override
  public void delta(int choice, Generation.Delta delta) {
    texts.get(choice).addAll(replies[choice].feed(delta));
    ids[choice].add(delta.token());
    if (delta.logprob() != null) {
      logprobs.add(entries[choice], delta.logprob());
    }
  }

  @Override
  public void finished(int choice, Generation.Finished finished) {
    texts.get(choice).addAll(replies[choice].finish(finished.text()));
    reasons[choice] = Reply.reason(finished.reason());
    totals.add(choice, finished.usage());
    totals.addReasoning(replies[choice].reasoningTokens());
  }

  @Override
  public void heartbeat() {
    // HTTP/1.1 has nothing to say before the status: the loop looks at the socket instead.
  }

  @Override
  public void complete() {
    ObjectNode object = reply.object("chat.completion");
    ArrayNode choices = object.putArray("choices");
    for (int i = 0; i < replies.length; i++) {
      ObjectNode choice = choices.addObject().put("index", i);
      ObjectNode message = choice.putObject("message").put("role", "assistant");
      message.put("content", ChatReply.text(texts.get(i), ReplyPart.Kind.CONTENT));
      if (thinks) {
        String reasoning = ChatReply.text(texts.get(i), ReplyPart.Kind.REASONING);
        ChatReply.putReasoning(message, reasoning.isEmpty() ? null : reasoning);
      }
      message.putNull("refusal");
      choice.set("logprobs", entries[i] == null ? null : ChatLogprobs.around(entries[i]));
      choice.put("finish_reason", reasons[i]);
      if (common.returnTokenIds()) {
        choice.set("token_ids", ids[i]);
      }
    }
    object.set("usage", totals.json());
    if (common.returnTokenIds()) {
      object.set("prompt_token_ids", Tokens.json(prompt));
    }
    exchange.sendJson(200, object);
  }

  @Override
  public void fail(ApiException error) {
    throw error;
  }
}
