package dev.tangram.server.openai;

import dev.tangram.engine.Engine;
import dev.tangram.engine.GenerationRequest;
import dev.tangram.engine.ModelUse;
import dev.tangram.engine.Prompts;
import dev.tangram.schedule.CacheScope;
import dev.tangram.server.host.Lease;
import dev.tangram.server.http.ApiException;
import dev.tangram.server.http.Exchange;
import dev.tangram.server.http.Json;
import dev.tangram.server.run.GenerationLoop;
import dev.tangram.server.run.ModelAccess;
import dev.tangram.server.run.Submitter;
import java.util.ArrayList;

/**
 * {@code POST /v1/completions}. A prompt's text is the client's whole prompt, so control tokens
 * spelled in it are meant: they are how fill-in-the-middle and hand-made chat prompts work.
 */
final class CompletionEndpoint {
  private final ModelAccess models;
  private final Submitter submitter;

  CompletionEndpoint(ModelAccess models, Submitter submitter) {
    this.models = models;
    this.submitter = submitter;
  }

  void serve(Exchange exchange) throws InterruptedException {
    CompletionFields fields = CompletionFields.read(new Fields(Json.object(exchange.body()), ""));
    CommonFields common = fields.common();
    try (Lease lease = models.lease(common.model(), exchange)) {
      Engine engine = lease.engine();
      Uses.require(engine, ModelUse.GENERATE);
      Tokens tokens = new Tokens(engine.tokenizer());
      var prompts = new ArrayList<int[]>();
      var echoes = new ArrayList<String>();
      var requests = new ArrayList<GenerationRequest>();
      for (CompletionFields.Prompt prompt : fields.prompts()) {
        int[] ids = ids(engine, prompt);
        prompts.add(ids);
        echoes.add(fields.echo() ? text(prompt, tokens) : "");
        for (int i = 0; i < common.n(); i++) {
          requests.add(request(engine, fields, ids, i));
        }
      }
      OpenAiEndpoints.checkBias(engine, common);
      GenerationLoop loop = submitter.submit(exchange, lease, "prompt", requests);
      Reply reply = Reply.begin("cmpl-", lease.name());
      OpenAiEndpoints.answer(
          loop,
          common.stream()
              ? new CompletionStream(exchange, reply, fields, prompts, echoes, tokens)
              : new CompletionWhole(exchange, reply, fields, prompts, echoes, tokens));
    }
  }

  private GenerationRequest request(Engine engine, CompletionFields fields, int[] ids, int choice) {
    CommonFields common = fields.common();
    Integer wanted = common.tokensMax();
    int tokensMax =
        submitter.tokensMax(
            engine,
            "prompt",
            ids.length,
            wanted == null ? CompletionFields.TOKENS_DEFAULT : wanted);
    return new GenerationRequest(
            ids,
            tokensMax,
            common.sampling(choice),
            common.stop(),
            fields.logprobs(),
            fields.echo() ? fields.logprobs() : -1,
            common.ignoreEnd(),
            CacheScope.LOCAL)
        .withSpeculation(common.speculative(), new int[0]);
  }

  private static int[] ids(Engine engine, CompletionFields.Prompt prompt) {
    return switch (prompt) {
      case CompletionFields.Ids(int[] ids) -> checked(engine, ids);
      case CompletionFields.Text(String text) -> {
        OpenAiEndpoints.requireTokenizer(engine);
        yield Prompts.text(engine, text);
      }
    };
  }

  private static int[] checked(Engine engine, int[] ids) {
    int vocabulary = engine.card().shape().vocabulary();
    for (int id : ids) {
      if (id >= vocabulary) {
        throw ApiException.invalid(
            "prompt", "prompt: found token id %d, allowed: 0 to %d".formatted(id, vocabulary - 1));
      }
    }
    return ids;
  }

  private static String text(CompletionFields.Prompt prompt, Tokens tokens) {
    return switch (prompt) {
      case CompletionFields.Text(String text) -> text;
      case CompletionFields.Ids(int[] ids) -> tokens.text(ids);
    };
  }
}
