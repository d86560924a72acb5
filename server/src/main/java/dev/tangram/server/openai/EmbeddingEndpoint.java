package dev.tangram.server.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tangram.engine.Engine;
import dev.tangram.engine.GenerationRequest;
import dev.tangram.engine.ModelUse;
import dev.tangram.engine.Prompts;
import dev.tangram.engine.Readout;
import dev.tangram.schedule.CacheScope;
import dev.tangram.server.host.Lease;
import dev.tangram.server.http.ApiException;
import dev.tangram.server.http.Exchange;
import dev.tangram.server.http.Json;
import dev.tangram.server.run.ModelAccess;
import dev.tangram.server.run.Submitter;
import java.util.ArrayList;
import java.util.List;

/** {@code POST /v1/embeddings}. */
final class EmbeddingEndpoint {
  private final ModelAccess models;
  private final Submitter submitter;

  EmbeddingEndpoint(ModelAccess models, Submitter submitter) {
    this.models = models;
    this.submitter = submitter;
  }

  void serve(Exchange exchange) throws InterruptedException {
    EmbeddingFields fields = EmbeddingFields.read(new Fields(Json.object(exchange.body()), ""));
    try (Lease lease = models.lease(fields.model(), exchange)) {
      Engine engine = lease.engine();
      Uses.require(engine, ModelUse.EMBED);
      int dimensions = dimensions(engine, fields);
      var requests = new ArrayList<GenerationRequest>();
      long tokens = 0;
      for (int i = 0; i < fields.inputs().size(); i++) {
        int[] ids = ids(engine, fields, i);
        tokens += ids.length;
        requests.add(GenerationRequest.reading(ids, Readout.EMBEDDING, CacheScope.LOCAL));
      }
      List<float[]> vectors = submitter.read(exchange, lease, "input", requests);
      exchange.sendJson(200, answer(lease.name(), fields, vectors, dimensions, tokens));
    }
  }

  private static int dimensions(Engine engine, EmbeddingFields fields) {
    int width = engine.card().shape().width();
    if (fields.dimensions() > width) {
      throw ApiException.invalid(
          "dimensions",
          "dimensions: found %d, allowed: 1 to %d".formatted(fields.dimensions(), width));
    }
    return fields.dimensions() == 0 ? width : fields.dimensions();
  }

  private int[] ids(Engine engine, EmbeddingFields fields, int index) {
    String name = fields.inputs().size() == 1 ? "input" : "input[" + index + "]";
    int[] ids =
        switch (fields.inputs().get(index)) {
          case EmbeddingFields.Text(String text) -> {
            OpenAiEndpoints.requireTokenizer(engine);
            yield Prompts.embedding(engine, text);
          }
          case EmbeddingFields.Ids(int[] given) -> checked(engine, given, name);
        };
    return Uses.fitted(engine, submitter, ids, fields.truncation(), "input", name);
  }

  private static int[] checked(Engine engine, int[] ids, String name) {
    int vocabulary = engine.card().shape().vocabulary();
    for (int id : ids) {
      if (id >= vocabulary) {
        throw ApiException.invalid(
            "input", "%s: found token id %d, allowed: 0 to %d".formatted(name, id, vocabulary - 1));
      }
    }
    return ids;
  }

  private static ObjectNode answer(
      String model, EmbeddingFields fields, List<float[]> vectors, int dimensions, long tokens) {
    ObjectNode answer = JsonNodeFactory.instance.objectNode().put("object", "list");
    ArrayNode data = answer.putArray("data");
    for (int i = 0; i < vectors.size(); i++) {
      float[] vector = Vectors.shortened(vectors.get(i), dimensions);
      ObjectNode one = data.addObject().put("object", "embedding").put("index", i);
      if (fields.base64()) {
        one.put("embedding", Vectors.base64(vector));
      } else {
        ArrayNode numbers = one.putArray("embedding");
        for (float value : vector) {
          numbers.add(value);
        }
      }
    }
    answer.put("model", model);
    answer.putObject("usage").put("prompt_tokens", tokens).put("total_tokens", tokens);
    return answer;
  }
}
