package dev.tangram.server.store.source;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tangram.server.store.fetch.Document;
import dev.tangram.server.store.fetch.FetchException;
import dev.tangram.server.store.fetch.FetchException.Kind;
import java.io.IOException;

/** Listings in JSON, read as trees: every field of them is a stranger's word. */
final class Json {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private Json() {}

  static JsonNode read(Document document) throws FetchException {
    try {
      return MAPPER.readTree(document.bytes());
    } catch (JsonProcessingException e) {
      throw new FetchException(Kind.REFUSED, "its listing is no JSON", e);
    } catch (IOException e) {
      throw new FetchException(Kind.REFUSED, "its listing cannot be read", e);
    }
  }

  /** A text field; empty if it is missing or no text. */
  static String text(JsonNode node, String field) {
    JsonNode value = node.path(field);
    return value.isTextual() ? value.textValue() : "";
  }

  /** A count field; -1 if it is missing, no integer or negative. */
  static long count(JsonNode node, String field) {
    JsonNode value = node.path(field);
    return value.isIntegralNumber() && value.canConvertToLong() && value.longValue() >= 0
        ? value.longValue()
        : -1;
  }
}
