package dev.tangram.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** JSON as the values a chat template takes: null, Boolean, Long, Double, String, List, Map. */
final class PlainJson {
  private PlainJson() {}

  static Object of(JsonNode node) {
    return switch (node.getNodeType()) {
      case OBJECT -> map(node);
      case ARRAY -> list(node);
      case STRING -> Fields.wellFormed(node.textValue());
      case BOOLEAN -> node.booleanValue();
      case NUMBER -> number(node);
      case NULL, MISSING, BINARY, POJO -> null;
    };
  }

  static Map<String, Object> map(JsonNode node) {
    var map = new LinkedHashMap<String, Object>();
    node.properties()
        .forEach(entry -> map.put(Fields.wellFormed(entry.getKey()), of(entry.getValue())));
    return map;
  }

  private static List<Object> list(JsonNode node) {
    var list = new ArrayList<Object>();
    node.forEach(element -> list.add(of(element)));
    return list;
  }

  private static Object number(JsonNode node) {
    if (node.isIntegralNumber() && node.canConvertToLong()) {
      return node.longValue();
    }
    return node.doubleValue();
  }
}
