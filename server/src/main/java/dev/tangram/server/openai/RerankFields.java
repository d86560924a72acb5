package dev.tangram.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tangram.engine.Reranker;
import dev.tangram.server.http.ApiException;
import java.util.ArrayList;
import java.util.List;

/**
 * A request to order documents by how well they answer a query, in the form of Jina and Cohere.
 *
 * @param instruction what counts as an answer; only rerankers read it
 * @param topN most results that are wanted
 */
record RerankFields(
    String model,
    String query,
    List<String> documents,
    String instruction,
    int topN,
    boolean returnDocuments,
    Truncation truncation) {
  private static final int CHARS_MAX = 1 << 24;

  static RerankFields read(Fields body) {
    String model = body.requiredText("model", RequestLimits.MODEL_CHARS_MAX);
    String query = body.requiredText("query", CHARS_MAX);
    List<String> documents = documents(body);
    String instruction = body.text("instruction", CHARS_MAX);
    return new RerankFields(
        model,
        query,
        documents,
        instruction == null ? Reranker.INSTRUCTION : instruction,
        Math.min(body.whole("top_n", 1, Integer.MAX_VALUE, Integer.MAX_VALUE), documents.size()),
        body.flag("return_documents", true),
        Truncation.read(body));
  }

  private static List<String> documents(Fields body) {
    List<JsonNode> elements = body.array("documents", RequestLimits.DOCUMENTS_MAX);
    if (elements == null) {
      throw body.missing("documents");
    }
    if (elements.isEmpty()) {
      throw ApiException.invalid("documents", "documents: found an empty array");
    }
    var documents = new ArrayList<String>();
    for (int i = 0; i < elements.size(); i++) {
      documents.add(text(elements.get(i), "documents[" + i + "]"));
    }
    return documents;
  }

  private static String text(JsonNode element, String name) {
    JsonNode text = element.isObject() ? element.path("text") : element;
    if (!text.isTextual()) {
      String message =
          Fields.wrongType(name, element, "a string, or an object with a string text").getMessage();
      throw ApiException.invalid("documents", message);
    }
    if (text.textValue().isEmpty()) {
      throw ApiException.invalid("documents", name + ": found an empty string");
    }
    return Fields.wellFormed(text.textValue());
  }
}
