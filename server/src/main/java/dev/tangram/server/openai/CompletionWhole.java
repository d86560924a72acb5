package dev.tangram.server.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tangram.engine.Generation;
import dev.tangram.engine.TokenLogprob;
import dev.tangram.server.http.ApiException;
import dev.tangram.server.http.Exchange;
import java.util.ArrayList;
import java.util.List;

/** A completion as one object. */
final class CompletionWhole implements Answer {
  private final Exchange exchange;
  private final Reply reply;
  private final CompletionFields fields;
  private final List<int[]> prompts;
  private final UsageTotals totals;
  private final List<Choice> choices = new ArrayList<>();

  /** One choice as far as it came. */
  private static final class Choice {
    final StringBuilder text = new StringBuilder();
    final ArrayNode ids = JsonNodeFactory.instance.arrayNode();
    CompletionLogprobs logprobs;
    String reason;
  }

  /**
   * @param prompts ids of each prompt; choice i is of prompt i / n
   * @param echoes their texts, empty unless wanted
   */
  CompletionWhole(
      Exchange exchange,
      Reply reply,
      CompletionFields fields,
      List<int[]> prompts,
      List<String> echoes,
      Tokens tokens) {
    this.exchange = exchange;
    this.reply = reply;
    this.fields = fields;
    this.prompts = prompts;
    int n = fields.common().n();
    totals = new UsageTotals(n);
    for (int i = 0; i < prompts.size() * n; i++) {
      var choice = new Choice();
      choice.text.append(fields.echo() ? echoes.get(i / n) : "");
      choice.logprobs = fields.logprobs() < 0 ? null : new CompletionLogprobs(tokens);
      choices.add(choice);
    }
  }

  @Override
  public void promptScores(int choice, List<TokenLogprob> scores) {
    if (choices.get(choice).logprobs != null) {
      choices.get(choice).logprobs.prompt(prompts.get(choice / fields.common().n()), scores);
    }
  }

  @Override
  public void delta(int index, Generation.Delta delta) {
    Choice choice = choices.get(index);
    choice.text.append(delta.text());
    choice.ids.add(delta.token());
    if (delta.logprob() != null && choice.logprobs != null) {
      choice.logprobs.token(delta.logprob());
    }
  }

  @Override
  public void finished(int index, Generation.Finished finished) {
    Choice choice = choices.get(index);
    choice.text.append(finished.text());
    choice.reason = Reply.reason(finished.reason());
    totals.add(index, finished.usage());
  }

  @Override
  public void heartbeat() {
    // HTTP/1.1 has nothing to say before the status: the loop looks at the socket instead.
  }

  @Override
  public void complete() {
    ObjectNode object = reply.object("text_completion");
    ArrayNode array = object.putArray("choices");
    for (int i = 0; i < choices.size(); i++) {
      Choice choice = choices.get(i);
      ObjectNode node = array.addObject().put("index", i).put("text", choice.text.toString());
      node.set("logprobs", choice.logprobs == null ? null : choice.logprobs.take());
      node.put("finish_reason", choice.reason);
      if (fields.common().returnTokenIds()) {
        node.set("token_ids", choice.ids);
        node.set("prompt_token_ids", Tokens.json(prompts.get(i / fields.common().n())));
      }
    }
    object.set("usage", totals.json());
    exchange.sendJson(200, object);
  }

  @Override
  public void fail(ApiException error) {
    throw error;
  }
}
