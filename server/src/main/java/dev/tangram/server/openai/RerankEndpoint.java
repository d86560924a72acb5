package dev.tangram.server.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tangram.engine.Engine;
import dev.tangram.engine.GenerationRequest;
import dev.tangram.engine.Prompts;
import dev.tangram.engine.Readout;
import dev.tangram.engine.Reranker;
import dev.tangram.schedule.CacheScope;
import dev.tangram.server.host.Lease;
import dev.tangram.server.http.Exchange;
import dev.tangram.server.http.Json;
import dev.tangram.server.run.ModelAccess;
import dev.tangram.server.run.Submitter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * {@code POST /v1/rerank}, also {@code /rerank}. A reranker's score is the probability of its yes,
 * 0 to 1; an embedding model's, as in vLLM, the cosine of query and document, -1 to 1.
 */
final class RerankEndpoint {
  private record Scored(int index, double score) {}

  private final ModelAccess models;
  private final Submitter submitter;

  RerankEndpoint(ModelAccess models, Submitter submitter) {
    this.models = models;
    this.submitter = submitter;
  }

  void serve(Exchange exchange) throws InterruptedException {
    RerankFields fields = RerankFields.read(new Fields(Json.object(exchange.body()), ""));
    try (Lease lease = models.lease(fields.model(), exchange)) {
      Engine engine = lease.engine();
      OpenAiEndpoints.requireTokenizer(engine);
      List<GenerationRequest> requests =
          switch (engine.use()) {
            case EMBED -> embeddings(engine, fields);
            case RERANK -> questions(engine, fields);
            case GENERATE -> throw Uses.mismatch(engine);
          };
      List<float[]> values = submitter.read(exchange, lease, "documents", requests);
      long tokens = requests.stream().mapToLong(r -> r.prompt().length).sum();
      List<Scored> order = new ArrayList<>();
      for (int i = 0; i < fields.documents().size(); i++) {
        order.add(new Scored(i, score(engine, values, i)));
      }
      // The sort is stable: of equals the first stays first.
      order.sort(Comparator.comparingDouble(Scored::score).reversed());
      exchange.sendJson(200, answer(lease.name(), fields, order.subList(0, fields.topN()), tokens));
    }
  }

  /** The query first, then the documents. */
  private List<GenerationRequest> embeddings(Engine engine, RerankFields fields) {
    var requests = new ArrayList<GenerationRequest>();
    for (int i = -1; i < fields.documents().size(); i++) {
      String text = i < 0 ? fields.query() : fields.documents().get(i);
      String param = i < 0 ? "query" : "documents";
      String name = i < 0 ? "query" : "documents[" + i + "]";
      int[] ids =
          Uses.fitted(
              engine, submitter, Prompts.embedding(engine, text), fields.truncation(), param, name);
      requests.add(GenerationRequest.reading(ids, Readout.EMBEDDING, CacheScope.LOCAL));
    }
    return requests;
  }

  private List<GenerationRequest> questions(Engine engine, RerankFields fields) {
    int tokensMax = fields.truncation().tokensMax(engine.card().contextLength());
    Readout readout = Reranker.readout(engine);
    var requests = new ArrayList<GenerationRequest>();
    for (int i = 0; i < fields.documents().size(); i++) {
      int[] ids =
          Reranker.prompt(
              engine, fields.instruction(), fields.query(), fields.documents().get(i), tokensMax);
      Uses.requireFit(engine, submitter, ids, "documents", "documents[" + i + "]");
      requests.add(GenerationRequest.reading(ids, readout, CacheScope.LOCAL));
    }
    return requests;
  }

  private static double score(Engine engine, List<float[]> values, int document) {
    return switch (engine.use()) {
      case EMBED -> Vectors.cosine(values.getFirst(), values.get(document + 1));
      case RERANK, GENERATE -> Reranker.score(values.get(document));
    };
  }

  private static ObjectNode answer(
      String model, RerankFields fields, List<Scored> order, long tokens) {
    ObjectNode answer =
        JsonNodeFactory.instance
            .objectNode()
            .put("id", Reply.begin("rerank-", model).id())
            .put("object", "list")
            .put("model", model);
    ArrayNode results = answer.putArray("results");
    for (Scored scored : order) {
      ObjectNode one = results.addObject().put("index", scored.index());
      one.put("relevance_score", scored.score());
      if (fields.returnDocuments()) {
        one.putObject("document").put("text", fields.documents().get(scored.index()));
      }
    }
    answer.putObject("usage").put("prompt_tokens", tokens).put("total_tokens", tokens);
    return answer;
  }
}
