package dev.tangram.server.openai;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tangram.engine.Generation;
import dev.tangram.engine.TokenLogprob;
import dev.tangram.server.http.ApiException;
import dev.tangram.server.http.Exchange;
import java.util.List;

/** A completion as a stream of chunks. */
final class CompletionStream implements Answer {
  private final Streaming stream;
  private final CompletionFields fields;
  private final List<int[]> prompts;
  private final List<String> echoes;
  private final CompletionLogprobs[] logprobs;
  private final boolean[] begun;
  private final boolean[] idsSent;

  /**
   * @param prompts ids of each prompt; choice i is of prompt i / n
   * @param echoes their texts, empty unless wanted
   */
  CompletionStream(
      Exchange exchange,
      Reply reply,
      CompletionFields fields,
      List<int[]> prompts,
      List<String> echoes,
      Tokens tokens) {
    this.fields = fields;
    this.prompts = prompts;
    this.echoes = echoes;
    CommonFields common = fields.common();
    stream =
        new Streaming(
            exchange, reply, "text_completion", common.includeUsage(), new UsageTotals(common.n()));
    int choices = prompts.size() * common.n();
    begun = new boolean[choices];
    idsSent = new boolean[choices];
    logprobs = new CompletionLogprobs[choices];
    for (int i = 0; i < choices && fields.logprobs() >= 0; i++) {
      logprobs[i] = new CompletionLogprobs(tokens);
    }
  }

  @Override
  public void promptScores(int choice, List<TokenLogprob> scores) {
    if (logprobs[choice] != null) {
      logprobs[choice].prompt(prompts.get(choice / fields.common().n()), scores);
    }
  }

  @Override
  public void delta(int choice, Generation.Delta delta) {
    stream.begin();
    String text = first(choice) + delta.text();
    if (delta.logprob() != null && logprobs[choice] != null) {
      logprobs[choice].token(delta.logprob());
    }
    boolean withIds = fields.common().returnTokenIds();
    if (text.isEmpty() && logprobs[choice] == null && !withIds) {
      return;
    }
    ObjectNode node = choice(choice, text, null);
    if (withIds) {
      node.putArray("token_ids").add(delta.token());
    }
    send(choice, node);
  }

  @Override
  public void finished(int choice, Generation.Finished finished) {
    stream.begin();
    String held = first(choice) + finished.text();
    if (!held.isEmpty()) {
      send(choice, choice(choice, held, null));
    }
    send(choice, choice(choice, "", Reply.reason(finished.reason())));
    stream.count(choice, finished.usage());
  }

  @Override
  public void heartbeat() {
    stream.begin();
    stream.send(choice(0, "", null));
  }

  @Override
  public void complete() {
    stream.complete();
  }

  @Override
  public void fail(ApiException error) {
    stream.fail(error);
  }

  /** The echoed prompt before a choice's first text; empty afterwards. */
  private String first(int choice) {
    if (begun[choice] || !fields.echo()) {
      return "";
    }
    begun[choice] = true;
    return echoes.get(choice / fields.common().n());
  }

  private void send(int choice, ObjectNode node) {
    if (fields.common().returnTokenIds() && !idsSent[choice]) {
      idsSent[choice] = true;
      node.set("prompt_token_ids", Tokens.json(prompts.get(choice / fields.common().n())));
    }
    stream.send(node);
  }

  private ObjectNode choice(int index, String text, String reason) {
    ObjectNode node = JsonNodeFactory.instance.objectNode().put("index", index).put("text", text);
    node.set("logprobs", logprobs[index] == null ? null : logprobs[index].take());
    return node.put("finish_reason", reason);
  }
}
