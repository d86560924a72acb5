package dev.tangram.server.openai;

import dev.tangram.engine.Engine;
import dev.tangram.engine.GenerationRequest;
import dev.tangram.engine.prompt.ChatTemplate;
import dev.tangram.engine.prompt.TemplateException;
import dev.tangram.engine.token.Tokenizer;
import dev.tangram.schedule.CacheScope;
import dev.tangram.server.http.ApiException;
import dev.tangram.server.http.Exchange;
import dev.tangram.server.http.Json;
import dev.tangram.server.host.Lease;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/** {@code POST /v1/chat/completions}. */
final class ChatEndpoint {
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
      int[] prompt = prompt(engine, fields);
      int tokensMax = submitter.tokensMax(engine, "messages", prompt.length, common.tokensMax());
      var requests = new ArrayList<GenerationRequest>();
      for (int i = 0; i < common.n(); i++) {
        requests.add(
            new GenerationRequest(
                prompt,
                tokensMax,
                common.sampling(i),
                common.stop(),
                fields.logprobs(),
                -1,
                common.ignoreEnd(),
                CacheScope.LOCAL));
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

  private static int[] prompt(Engine engine, ChatFields fields) {
    Tokenizer tokenizer = OpenAiEndpoints.tokenizer(engine);
    ChatTemplate template =
        engine
            .chatTemplate()
            .orElseThrow(
                () ->
                    ApiException.invalid(
                        "model",
                        "no_chat_template",
                        "This model has no chat template: use /v1/completions."));
    var variables = new LinkedHashMap<String, Object>(fields.templateValues());
    variables.put("messages", fields.messages());
    variables.put("tools", fields.tools().isEmpty() ? null : fields.tools());
    variables.put("bos_token", spelling(tokenizer, tokenizer.begin().stream().boxed().toList()));
    variables.put("eos_token", spelling(tokenizer, tokenizer.ends().stream().sorted().toList()));
    int[] prompt;
    try {
      prompt = tokenizer.encode(template.render(variables));
    } catch (TemplateException e) {
      throw ApiException.invalid(
          "messages", "template_refused", "The model's chat template refused the messages.");
    }
    if (prompt.length == 0) {
      throw ApiException.invalid("messages", "messages: make an empty prompt");
    }
    return prompt;
  }

  private static String spelling(Tokenizer tokenizer, List<Integer> ids) {
    return ids.isEmpty() ? "" : tokenizer.piece(ids.getFirst());
  }
}
