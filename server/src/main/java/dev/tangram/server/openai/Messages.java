package dev.tangram.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tangram.server.http.ApiException;
import dev.tangram.server.http.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The messages of a chat, as the values a chat template takes. */
final class Messages {
  private static final int NAME_CHARS_MAX = 256;
  private static final int TEXT_CHARS_MAX = 2 << 20;

  private Messages() {}

  static List<Map<String, Object>> read(Fields body) {
    List<JsonNode> nodes = body.array("messages", RequestLimits.MESSAGES_MAX);
    if (nodes == null) {
      throw body.missing("messages");
    }
    if (nodes.isEmpty()) {
      throw ApiException.invalid("messages", "messages: found none, allowed: at least one");
    }
    var messages = new ArrayList<Map<String, Object>>();
    for (int i = 0; i < nodes.size(); i++) {
      messages.add(message(Fields.of(nodes.get(i), "messages[%d]".formatted(i))));
    }
    return messages;
  }

  private static Map<String, Object> message(Fields fields) {
    String role = role(fields);
    var message = new LinkedHashMap<String, Object>();
    message.put("role", role);
    boolean calls = role.equals("assistant") && fields.has("tool_calls");
    if (!fields.has("content") && !role.equals("assistant")) {
      throw fields.missing("content");
    }
    message.put("content", content(fields));
    put(message, "name", fields.text("name", NAME_CHARS_MAX));
    put(message, "tool_call_id", fields.text("tool_call_id", NAME_CHARS_MAX));
    String reasoning = fields.text("reasoning_content", TEXT_CHARS_MAX);
    put(
        message,
        "reasoning_content",
        reasoning == null ? fields.text("reasoning", TEXT_CHARS_MAX) : reasoning);
    if (calls) {
      message.put("tool_calls", toolCalls(fields));
    }
    return message;
  }

  private static void put(Map<String, Object> message, String key, String value) {
    if (value != null) {
      message.put(key, value);
    }
  }

  private static String role(Fields fields) {
    return switch (fields.requiredText("role", 32)) {
      case "system", "developer" -> "system";
      case "user" -> "user";
      case "assistant" -> "assistant";
      case "tool" -> "tool";
      default ->
          throw ApiException.invalid(
              fields.name("role"),
              "%s: allowed: system, developer, user, assistant, tool"
                  .formatted(fields.name("role")));
    };
  }

  /** The text of a content field, which is a string or text parts. */
  static String content(Fields fields) {
    JsonNode content = fields.value("content");
    if (content == null) {
      return "";
    }
    if (content.isTextual()) {
      return Fields.wellFormed(content.textValue());
    }
    if (!content.isArray()) {
      throw Fields.wrongType(fields.name("content"), content, "a string or an array of text parts");
    }
    var text = new StringBuilder();
    List<JsonNode> parts = fields.array("content", RequestLimits.CONTENT_PARTS_MAX);
    for (int i = 0; i < parts.size(); i++) {
      Fields part = Fields.of(parts.get(i), "%s[%d]".formatted(fields.name("content"), i));
      String type = part.requiredText("type", 64);
      if (!type.equals("text")) {
        throw ApiException.invalid(
            part.name("type"),
            "%s: only parts of type text are supported".formatted(part.name("type")));
      }
      String piece = part.text("text", TEXT_CHARS_MAX);
      if (piece == null) {
        throw part.missing("text");
      }
      text.append(piece);
    }
    return text.toString();
  }

  private static List<Object> toolCalls(Fields message) {
    var calls = new ArrayList<Object>();
    List<JsonNode> nodes = message.array("tool_calls", RequestLimits.TOOL_CALLS_MAX);
    for (int i = 0; i < nodes.size(); i++) {
      Fields call = Fields.of(nodes.get(i), "%s[%d]".formatted(message.name("tool_calls"), i));
      Fields function = call.object("function");
      if (function == null) {
        throw call.missing("function");
      }
      var map = new LinkedHashMap<String, Object>();
      String id = call.text("id", NAME_CHARS_MAX);
      if (id != null) {
        map.put("id", id);
      }
      map.put("type", "function");
      var inner = new LinkedHashMap<String, Object>();
      inner.put("name", function.requiredText("name", NAME_CHARS_MAX));
      inner.put("arguments", arguments(function));
      map.put("function", inner);
      calls.add(map);
    }
    return calls;
  }

  /** On the wire arguments are a string of JSON; templates want the object in it. */
  private static Object arguments(Fields function) {
    JsonNode value = function.value("arguments");
    if (value == null) {
      return Map.of();
    }
    if (value.isObject()) {
      return PlainJson.of(value);
    }
    String text = function.text("arguments", TEXT_CHARS_MAX);
    if (text.isBlank()) {
      return Map.of();
    }
    JsonNode parsed = Json.parseOrNull(text);
    return parsed != null && parsed.isObject() ? PlainJson.of(parsed) : text;
  }
}
