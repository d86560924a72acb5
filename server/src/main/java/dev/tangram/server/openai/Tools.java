package dev.tangram.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tangram.server.http.ApiException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The tools a model may call, as the values a chat template takes. */
final class Tools {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]{1,64}");

  private Tools() {}

  /** Empty if there are none, or none may be called. */
  static List<Map<String, Object>> read(Fields body) {
    List<JsonNode> nodes = body.array("tools", RequestLimits.TOOLS_MAX);
    boolean none = isNone(body);
    if (nodes == null) {
      return List.of();
    }
    var tools = new ArrayList<Map<String, Object>>();
    for (int i = 0; i < nodes.size(); i++) {
      Fields tool = Fields.of(nodes.get(i), "tools[%d]".formatted(i));
      check(tool);
      tools.add(PlainJson.map(tool.node()));
    }
    return none ? List.of() : tools;
  }

  private static void check(Fields tool) {
    if (!"function".equals(tool.requiredText("type", 64))) {
      throw ApiException.invalid(tool.name("type"), tool.name("type") + ": allowed: function");
    }
    Fields function = tool.object("function");
    if (function == null) {
      throw tool.missing("function");
    }
    if (!NAME.matcher(function.requiredText("name", 256)).matches()) {
      throw ApiException.invalid(
          function.name("name"),
          function.name("name") + ": allowed: 1 to 64 letters, digits, '_', '-', '.'");
    }
    function.text("description", 1 << 16);
    function.object("parameters");
  }

  /** Reads {@code tool_choice}; true if no tool may be called. */
  private static boolean isNone(Fields body) {
    JsonNode choice = body.value("tool_choice");
    if (choice == null) {
      return false;
    }
    String word = choice.isTextual() ? choice.textValue() : "a function";
    return switch (word) {
      case "none" -> true;
      case "auto" -> false;
      // Taken silently, these would be a promise that nobody keeps.
      case "required", "a function" ->
          throw ApiException.invalid(
              "tool_choice",
              "tool_choice: found %s, allowed: none, auto; a call cannot be forced yet"
                  .formatted(word));
      default -> throw ApiException.invalid("tool_choice", "tool_choice: allowed: none, auto");
    };
  }
}
