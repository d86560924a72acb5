package dev.tangram.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tangram.engine.reply.CallStyle;
import dev.tangram.server.http.Json;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads what a model wrote as a tool call. Models forget tags and quote numbers; what cannot be
 * read with certainty is no call, and the caller shows it as text.
 */
final class CallReader {
  private static final String FUNCTION = "<function=";
  private static final String PARAMETER = "<parameter=";

  private final CallStyle style;
  // Name of a function, then of a parameter: its types in the declared schema.
  private final Map<String, Map<String, Set<String>>> types = new HashMap<>();

  /**
   * @param tools as the request declared them
   */
  CallReader(CallStyle style, List<Map<String, Object>> tools) {
    this.style = style;
    for (Map<String, Object> tool : tools) {
      if (tool.get("function") instanceof Map<?, ?> function
          && function.get("parameters") instanceof Map<?, ?> parameters
          && parameters.get("properties") instanceof Map<?, ?> properties) {
        Map<String, Set<String>> byName = new HashMap<>();
        properties.forEach((name, schema) -> byName.put(String.valueOf(name), types(schema)));
        types.put(String.valueOf(function.get("name")), byName);
      }
    }
  }

  /** A type, or several of which the value has one; alternatives may stand in anyOf or oneOf. */
  private static Set<String> types(Object schema) {
    Set<String> types = new HashSet<>();
    if (schema instanceof Map<?, ?> map) {
      if (map.get("type") instanceof List<?> several) {
        several.forEach(type -> types.add(String.valueOf(type)));
      } else if (map.get("type") instanceof String type) {
        types.add(type);
      }
      for (String key : List.of("anyOf", "oneOf")) {
        if (map.get(key) instanceof List<?> several) {
          several.forEach(each -> types.addAll(types(each)));
        }
      }
    }
    return types;
  }

  /** The call, or empty if the text is none. */
  Optional<ToolCall> read(String text) {
    return switch (style) {
      case NONE -> Optional.empty();
      case JSON_BARE -> json(text);
      case JSON_TAGGED -> json(without(text, "<tool_call>", "</tool_call>"));
      case XML_TAGGED -> xml(without(text, "<tool_call>", "</tool_call>"));
    };
  }

  private static String without(String text, String open, String close) {
    String inner = text.startsWith(open) ? text.substring(open.length()) : text;
    return (inner.endsWith(close) ? inner.substring(0, inner.length() - close.length()) : inner)
        .strip();
  }

  private static Optional<ToolCall> json(String text) {
    JsonNode call = Json.parseOrNull(text.strip());
    if (call == null || !call.isObject() || !call.path("name").isTextual()) {
      return Optional.empty();
    }
    JsonNode arguments = call.has("arguments") ? call.get("arguments") : call.get("parameters");
    if (arguments == null || arguments.isNull()) {
      arguments = JsonNodeFactory.instance.objectNode();
    }
    if (arguments.isTextual()) {
      // Some write the arguments as the wire has them: as a string of JSON.
      arguments = Json.parseOrNull(arguments.textValue());
    }
    return arguments == null || !arguments.isObject()
        ? Optional.empty()
        : Optional.of(ToolCall.made(call.get("name").textValue(), arguments.toString()));
  }

  private Optional<ToolCall> xml(String text) {
    int nameEnd = text.indexOf('>');
    if (!text.startsWith(FUNCTION) || nameEnd < 0) {
      return Optional.empty();
    }
    String name = text.substring(FUNCTION.length(), nameEnd).strip();
    Map<String, Set<String>> declared = types.getOrDefault(name, Map.of());
    ObjectNode arguments = JsonNodeFactory.instance.objectNode();
    int end = text.lastIndexOf("</function>");
    String body = text.substring(nameEnd + 1, end < nameEnd ? text.length() : end);
    int at = body.indexOf(PARAMETER);
    while (at >= 0) {
      int keyEnd = body.indexOf('>', at);
      if (keyEnd < 0) {
        return Optional.empty();
      }
      String key = body.substring(at + PARAMETER.length(), keyEnd).strip();
      int next = body.indexOf(PARAMETER, keyEnd);
      int close = body.indexOf("</parameter>", keyEnd);
      // A forgotten closing tag: the next parameter, or the end, closes.
      int stop = next < 0 ? body.length() : next;
      String value = body.substring(keyEnd + 1, close < 0 || close > stop ? stop : close);
      arguments.set(key, value(unwrapped(value), declared.getOrDefault(key, Set.of())));
      at = next;
    }
    return name.isEmpty()
        ? Optional.empty()
        : Optional.of(ToolCall.made(name, arguments.toString()));
  }

  /** Without the one line break that the format puts on either side. */
  private static String unwrapped(String value) {
    String text = value.startsWith("\n") ? value.substring(1) : value;
    return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
  }

  /** By the declared types; what fits none of them stays a string. */
  private static JsonNode value(String text, Set<String> types) {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    String word = text.strip();
    if (types.contains("boolean") && (word.equals("True") || word.equals("False"))) {
      return nodes.booleanNode(word.equals("True"));
    }
    boolean onlyText = types.isEmpty() || types.equals(Set.of("string"));
    if (word.equals("None") && !onlyText) {
      return nodes.nullNode();
    }
    JsonNode parsed = onlyText ? null : Json.parseOrNull(word);
    return parsed != null && (parsed.isNull() || types.stream().anyMatch(type -> is(parsed, type)))
        ? parsed
        : nodes.textNode(text);
  }

  private static boolean is(JsonNode value, String type) {
    return switch (type) {
      case "integer" -> value.isIntegralNumber();
      case "number" -> value.isNumber();
      case "boolean" -> value.isBoolean();
      case "object" -> value.isObject();
      case "array" -> value.isArray();
      default -> false;
    };
  }
}
