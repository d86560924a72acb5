package dev.tangram.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tangram.server.http.ApiException;
import java.util.ArrayList;
import java.util.List;

/**
 * A request for vectors.
 *
 * @param base64 little-endian 32-bit floats in base64 instead of arrays of numbers
 * @param dimensions leading elements that are wanted; 0 for all
 */
record EmbeddingFields(
    String model, List<Input> inputs, boolean base64, int dimensions, Truncation truncation) {
  private static final int TOKENS_MAX = 1 << 20;
  private static final int DIMENSIONS_MAX = 1 << 20;
  private static final String ALLOWED =
      "a string, an array of strings, of token ids, or of arrays of token ids";

  /** What is embedded. */
  sealed interface Input {}

  record Text(String text) implements Input {}

  /** Ids as the model shall read them: nothing is put before or after. */
  record Ids(int[] ids) implements Input {}

  static EmbeddingFields read(Fields body) {
    body.text("user", 4096);
    String model = body.requiredText("model", RequestLimits.MODEL_CHARS_MAX);
    return new EmbeddingFields(
        model,
        inputs(body),
        base64(body),
        body.whole("dimensions", 1, DIMENSIONS_MAX, 0),
        Truncation.read(body));
  }

  private static boolean base64(Fields body) {
    String format = body.text("encoding_format", 16);
    return switch (format) {
      case null -> false;
      case "float" -> false;
      case "base64" -> true;
      default ->
          throw ApiException.invalid(
              "encoding_format", "encoding_format: found another word, allowed: float, base64");
    };
  }

  private static List<Input> inputs(Fields body) {
    JsonNode value = body.value("input");
    if (value == null) {
      throw body.missing("input");
    }
    if (value.isTextual()) {
      return List.of(text(value, "input"));
    }
    if (!value.isArray()) {
      throw Fields.wrongType("input", value, ALLOWED);
    }
    List<JsonNode> elements = body.array("input", TOKENS_MAX);
    if (elements.isEmpty()) {
      throw ApiException.invalid("input", "input: found an empty array");
    }
    if (elements.getFirst().isNumber()) {
      return List.of(ids(elements, "input"));
    }
    if (elements.size() > RequestLimits.INPUTS_MAX) {
      throw ApiException.invalid(
          "input",
          "input: found %d inputs, allowed: at most %d"
              .formatted(elements.size(), RequestLimits.INPUTS_MAX));
    }
    var inputs = new ArrayList<Input>();
    boolean texts = elements.getFirst().isTextual();
    for (int i = 0; i < elements.size(); i++) {
      JsonNode element = elements.get(i);
      String name = "input[" + i + "]";
      if (texts ? !element.isTextual() : !element.isArray()) {
        throw wrong(name, element);
      }
      inputs.add(texts ? text(element, name) : ids(element.valueStream().toList(), name));
    }
    return inputs;
  }

  private static ApiException wrong(String name, JsonNode element) {
    String message = Fields.wrongType(name, element, ALLOWED).getMessage();
    return ApiException.invalid("input", message);
  }

  private static Text text(JsonNode value, String name) {
    if (value.textValue().isEmpty()) {
      throw ApiException.invalid("input", name + ": found an empty string");
    }
    return new Text(Fields.wellFormed(value.textValue()));
  }

  private static Ids ids(List<JsonNode> elements, String name) {
    if (elements.isEmpty()) {
      throw ApiException.invalid("input", name + ": found an empty array");
    }
    int[] ids = new int[elements.size()];
    for (int i = 0; i < ids.length; i++) {
      JsonNode element = elements.get(i);
      if (!element.isIntegralNumber() || !element.canConvertToInt() || element.intValue() < 0) {
        throw ApiException.invalid("input", name + ": found something else among token ids");
      }
      ids[i] = element.intValue();
    }
    return new Ids(ids);
  }
}
