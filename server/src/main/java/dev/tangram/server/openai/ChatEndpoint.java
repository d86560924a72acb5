package dev.tangram.server.openai;

import dev.tangram.engine.ChatPrompt;
import dev.tangram.engine.Engine;
import dev.tangram.engine.GenerationRequest;
import dev.tangram.engine.ModelUse;
import dev.tangram.engine.Prompts;
import dev.tangram.engine.prompt.TemplateException;
import dev.tangram.schedule.CacheScope;
import dev.tangram.server.host.Lease;
import dev.tangram.server.http.ApiException;
import dev.tangram.server.http.Exchange;
import dev.tangram.server.http.Json;
import dev.tangram.server.run.GenerationLoop;
import dev.tangram.server.run.ModelAccess;
import dev.tangram.server.run.Submitter;
import java.util.ArrayList;

/** {@code POST /v1/chat/completions}. */
final class ChatEndpoint {
  private static final int MESSAGE_CHARS_MAX = 200;

  private final ModelAccess models;
  private final Submitter submitter;

  ChatEndpoint(ModelAccess models, Submitter submitter) {
    this.models = models;
    this.submitter = submitter;
  }

  void serve(Exchange exchange) throws InterruptedException {
    ChatFields fields = ChatFields.read(new Fields(Json.object(exchange.body()), ""));
    CommonFields common = fields.common();
    try (Lease lease = models.lease(common.model(), exchange)) {
      Engine engine = lease.engine();
      Uses.require(engine, ModelUse.GENERATE);
      ChatPrompt prompt = prompt(engine, fields);
      int tokensMax =
          submitter.tokensMax(engine, "messages", prompt.ids().length, common.tokensMax());
      int[] prediction = Prompts.prediction(engine, fields.prediction());
      var requests = new ArrayList<GenerationRequest>();
      for (int i = 0; i < common.n(); i++) {
        requests.add(
            new GenerationRequest(
                    prompt.ids(),
                    tokensMax,
                    common.sampling(i),
                    common.stop(),
                    fields.logprobs(),
                    -1,
                    common.ignoreEnd(),
                    CacheScope.LOCAL)
                .withSpeculation(common.speculative(), prediction));
      }
      OpenAiEndpoints.checkBias(engine, common);
      GenerationLoop loop = submitter.submit(exchange, lease, "messages", requests);
      Reply reply = Reply.begin("chatcmpl-", lease.name());
      Tokens tokens = new Tokens(engine.tokenizer());
      OpenAiEndpoints.answer(
          loop,
          common.stream()
              ? new ChatStream(exchange, reply, fields, prompt, tokens)
              : new ChatWhole(exchange, reply, fields, prompt, tokens));
    }
  }

  private static ChatPrompt prompt(Engine engine, ChatFields fields) {
    OpenAiEndpoints.requireTokenizer(engine);
    if (engine.chatTemplate().isEmpty()) {
      throw ApiException.invalid(
          "model", "no_chat_template", "This model has no chat template: use /v1/completions.");
    }
    ChatPrompt prompt;
    try {
      prompt = Prompts.chat(engine, fields.messages(), fields.tools(), fields.templateValues());
    } catch (TemplateException e) {
      throw ApiException.invalid(
          "messages",
          "template_refused",
          "The model's chat template refused the messages: " + shortened(e.getMessage()));
    }
    if (prompt.ids().length == 0) {
      throw ApiException.invalid("messages", "messages: make an empty prompt");
    }
    return prompt;
  }

  private static String shortened(String message) {
    return message.length() > MESSAGE_CHARS_MAX ? message.substring(0, MESSAGE_CHARS_MAX) : message;
  }
}
