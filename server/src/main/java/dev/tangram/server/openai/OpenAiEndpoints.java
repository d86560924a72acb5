package dev.tangram.server.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tangram.engine.Engine;
import dev.tangram.server.host.ModelHost;
import dev.tangram.server.host.ModelSource;
import dev.tangram.server.http.ApiException;
import dev.tangram.server.http.Exchange;
import dev.tangram.server.http.Role;
import dev.tangram.server.http.Route;
import dev.tangram.server.observe.Metrics;
import dev.tangram.server.observe.UsageSink;
import dev.tangram.server.run.GenerationLoop;
import dev.tangram.server.run.ModelAccess;
import dev.tangram.server.run.Submitter;
import java.util.List;

/** The routes below {@code /v1}. */
public final class OpenAiEndpoints {
  private final ModelHost host;
  private final ChatEndpoint chat;
  private final CompletionEndpoint completion;
  private final EmbeddingEndpoint embedding;
  private final RerankEndpoint rerank;

  /**
   * @param usages told of every generation, once
   */
  public OpenAiEndpoints(ModelHost host, Metrics metrics, UsageSink usages) {
    this.host = host;
    var models = new ModelAccess(host);
    var submitter = new Submitter(metrics, usages);
    chat = new ChatEndpoint(models, submitter);
    completion = new CompletionEndpoint(models, submitter);
    embedding = new EmbeddingEndpoint(models, submitter);
    rerank = new RerankEndpoint(models, submitter);
  }

  public List<Route> routes() {
    return List.of(
        new Route("POST", "/v1/chat/completions", Role.CLIENT, chat::serve),
        new Route("POST", "/v1/completions", Role.CLIENT, completion::serve),
        new Route("POST", "/v1/embeddings", Role.CLIENT, embedding::serve),
        new Route("POST", "/v1/rerank", Role.CLIENT, rerank::serve),
        new Route("POST", "/rerank", Role.CLIENT, rerank::serve),
        new Route("GET", "/v1/models", Role.CLIENT, this::list),
        new Route("GET", "/v1/models/{name}", Role.CLIENT, this::show));
  }

  private void list(Exchange exchange) {
    ObjectNode list = JsonNodeFactory.instance.objectNode().put("object", "list");
    ArrayNode data = list.putArray("data");
    host.stored().forEach(entry -> data.add(json(entry)));
    exchange.sendJson(200, list);
  }

  private void show(Exchange exchange) {
    exchange.sendJson(
        200,
        json(host.find(exchange.name()).orElseThrow(() -> ModelAccess.unknown(exchange.name()))));
  }

  private static ObjectNode json(ModelSource.Entry entry) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("id", entry.name())
        .put("object", "model")
        .put("created", entry.created().getEpochSecond())
        .put("owned_by", "tangram");
  }

  /** Runs generations into an answer. */
  static void answer(GenerationLoop loop, Answer answer) throws InterruptedException {
    try {
      loop.run(answer);
    } catch (ApiException e) {
      answer.fail(e);
      return;
    }
    answer.complete();
  }

  /** Text needs a tokenizer. */
  static void requireTokenizer(Engine engine) {
    if (engine.tokenizer().isEmpty()) {
      throw ApiException.invalid(
          "model",
          "no_tokenizer",
          "This model has no tokenizer: send token ids to /v1/completions.");
    }
  }

  static void checkBias(Engine engine, CommonFields common) {
    int vocabulary = engine.card().shape().vocabulary();
    for (int id : common.sampling().logitBias().keySet()) {
      if (id >= vocabulary) {
        throw ApiException.invalid(
            "logit_bias",
            "logit_bias: found token id %d, allowed: 0 to %d".formatted(id, vocabulary - 1));
      }
    }
  }
}
