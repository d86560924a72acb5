package dev.tangram.server.http;

import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** JSON in and out, with bounds. */
public final class Json {
  /** Deepest nesting that is read. */
  public static final int DEPTH_MAX = 64;

  private static final Pattern FIELD = Pattern.compile("[a-z_]{1,40}");

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              new JsonFactoryBuilder()
                  .characterEscapes(new LineSafe())
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(DEPTH_MAX)
                          .maxNumberLength(400)
                          .maxNameLength(1024)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .build();

  private Json() {}

  /**
   * Reads a request body.
   *
   * @throws ApiException 400 naming the field (where there is one) at which the text is not JSON,
   *     nests too deeply or repeats a key
   */
  public static ObjectNode object(byte[] body) {
    JsonNode node;
    try (var parser = MAPPER.createParser(body)) {
      try {
        node = MAPPER.readTree(parser);
        if (node != null && parser.nextToken() != null) {
          throw ApiException.invalid(
              null, "invalid_json", "The body goes on after its JSON object.");
        }
      } catch (JsonProcessingException e) {
        throw invalid(e, parser.getParsingContext().pathAsPointer().toString());
      }
    } catch (JsonProcessingException e) {
      throw invalid(e, "");
    } catch (IOException e) {
      throw ApiException.invalid(null, "invalid_json", "The body is not JSON in UTF-8.");
    }
    if (node instanceof ObjectNode object) {
      return object;
    }
    throw ApiException.invalid(null, "invalid_json", "The body is not a JSON object.");
  }

  /**
   * Any JSON text that is not a request of its own, such as the arguments of an old tool call; null
   * if it is none.
   */
  public static JsonNode parseOrNull(String text) {
    try {
      return MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      return null;
    }
  }

  public static byte[] bytes(JsonNode node) {
    try {
      return MAPPER.writeValueAsBytes(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of plain values was not written", e);
    }
  }

  public static String text(JsonNode node) {
    return new String(bytes(node), StandardCharsets.UTF_8);
  }

  private static ApiException invalid(JsonProcessingException e, String pointer) {
    String name = pointer.isEmpty() ? "" : pointer.substring(1).split("/", 2)[0];
    // A name that could be one of ours may be told; anything else is a text of the client.
    String field = FIELD.matcher(name).matches() ? name : null;
    var place = e.getLocation();
    // The parser's own message may quote the body; only its place is told.
    String why =
        switch (e) {
          case com.fasterxml.jackson.core.exc.StreamConstraintsException c ->
              "is nested deeper than %d, or has an overlong name or number".formatted(DEPTH_MAX);
          case JsonProcessingException j when j.getOriginalMessage().startsWith("Duplicate") ->
              "repeats a key";
          default -> "is not JSON";
        };
    String at =
        place == null
            ? ""
            : " at line %d, column %d".formatted(place.getLineNr(), place.getColumnNr());
    return ApiException.invalid(
        field,
        "invalid_json",
        "The body %s%s%s.".formatted(why, at, field == null ? "" : ", in a field"));
  }

  /** Escapes the line separators at which some clients wrongly end a line of server-sent events. */
  private static final class LineSafe extends CharacterEscapes {
    private static final long serialVersionUID = 1L;
    private static final SerializedString NEXT_LINE = new SerializedString("\\u0085");
    private static final SerializedString LINE = new SerializedString("\\u2028");
    private static final SerializedString PARAGRAPH = new SerializedString("\\u2029");

    @Override
    public int[] getEscapeCodesForAscii() {
      return standardAsciiEscapesForJSON();
    }

    @Override
    public SerializableString getEscapeSequence(int ch) {
      return switch (ch) {
        case 0x85 -> NEXT_LINE;
        case 0x2028 -> LINE;
        case 0x2029 -> PARAGRAPH;
        default -> null;
      };
    }
  }
}
