package dev.tangram.engine.prompt;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Python's json.dumps with {@code ensure_ascii=False}, which is what {@code tojson} means in chat templates. */
final class Json {
  private final StringBuilder out = new StringBuilder();
  private final Fuel fuel;
  private final String indent;
  private final String itemSeparator;
  private final String keySeparator;
  private final boolean sortKeys;
  private final boolean ascii;

  /** @param indent null for one line */
  Json(Fuel fuel, String indent, String itemSeparator, String keySeparator, boolean sortKeys, boolean ascii) {
    this.fuel = fuel;
    this.indent = indent;
    this.itemSeparator = itemSeparator;
    this.keySeparator = keySeparator;
    this.sortKeys = sortKeys;
    this.ascii = ascii;
  }

  /** The JSON text; all of it counts as the request's, because values stand in it. */
  Text write(Object value) {
    write(value, 0);
    return Text.untrusted(out.toString());
  }

  private void write(Object value, int depth) {
    fuel.step();
    switch (value) {
      case null -> out.append("null");
      case Boolean b -> out.append(b);
      case Long l -> out.append(l);
      case Double d ->
          out.append(Double.isNaN(d) ? "NaN" : Double.isInfinite(d) ? (d > 0 ? "Infinity" : "-Infinity") : Values.floatText(d));
      case Text text -> string(text.value());
      case List<?> list -> list(list, depth);
      case Map<?, ?> map -> map(map, depth);
      default -> throw Values.wrong("a value for tojson", value);
    }
  }

  private void list(List<?> list, int depth) {
    out.append('[');
    for (int i = 0; i < list.size(); i++) {
      separate(i, depth + 1);
      write(list.get(i), depth + 1);
    }
    close(list.isEmpty(), depth);
    out.append(']');
  }

  private void map(Map<?, ?> map, int depth) {
    out.append('{');
    List<String> keys = new ArrayList<>();
    map.keySet().forEach(key -> keys.add((String) key));
    if (sortKeys) {
      keys.sort(null);
    }
    for (int i = 0; i < keys.size(); i++) {
      separate(i, depth + 1);
      string(keys.get(i));
      out.append(keySeparator);
      write(map.get(keys.get(i)), depth + 1);
    }
    close(keys.isEmpty(), depth);
    out.append('}');
  }

  private void separate(int index, int depth) {
    if (index > 0) {
      out.append(itemSeparator);
    }
    newLine(depth);
  }

  private void close(boolean empty, int depth) {
    if (!empty) {
      newLine(depth);
    }
  }

  private void newLine(int depth) {
    if (indent != null) {
      fuel.size((long) indent.length() * depth);
      out.append('\n').repeat(indent, depth);
    }
  }

  private void string(String text) {
    fuel.size(text.length());
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        default -> {
          if (c < 0x20 || (ascii && c > 0x7E)) {
            out.append("\\u%04x".formatted((int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
