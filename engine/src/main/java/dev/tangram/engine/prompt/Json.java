package dev.tangram.engine.prompt;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** {@code tojson} as transformers defines it: {@code json.dumps} with nothing escaped for HTML. */
final class Json {
  private final TextBuilder out;
  private final Rendering r;
  private final boolean ascii;
  private final String indent; // null: all on one line
  private final String comma;
  private final String colon;
  private final boolean sorted;

  private Json(Arguments arguments, Rendering r) {
    arguments.only("tojson", "value", "ensure_ascii", "indent", "separators", "sort_keys");
    this.r = r;
    this.out = new TextBuilder(r.budget);
    this.ascii = arguments.flag(1, "ensure_ascii", false);
    this.indent = indent(arguments.get(2, "indent", null));
    this.sorted = arguments.flag(4, "sort_keys", false);
    Object separators = arguments.get(3, "separators", null);
    if (separators == null) {
      this.comma = indent == null ? ", " : ",";
      this.colon = ": ";
    } else {
      List<Object> two = Values.elements(separators, r);
      if (two.size() != 2) {
        throw new Fault("tojson needs two separators, not " + two.size());
      }
      this.comma = Values.name(two.get(0));
      this.colon = Values.name(two.get(1));
    }
  }

  static Text dumps(Arguments arguments, Rendering r) {
    Json json = new Json(arguments, r);
    json.write(arguments.first(), 0);
    return json.out.toText();
  }

  private static String indent(Object value) {
    if (value == null) {
      return null;
    }
    return value instanceof Text text ? text.string() : " ".repeat(Math.clamp(Values.integer(value), 0, 100));
  }

  private void write(Object value, int depth) {
    r.budget.enter();
    switch (value) {
      case null -> out.append("null");
      case Boolean b -> out.append(b ? "true" : "false");
      case Long n -> out.append(n.toString());
      case Double d -> {
        r.budget.steps(10);
        out.append(number(d));
      }
      case Text text -> quoted(text);
      case Seq seq when seq.kind == Seq.Kind.LIST || seq.kind == Seq.Kind.TUPLE -> list(seq.items(), depth);
      case Dict dict -> dict(dict, depth);
      case Undefined undefined -> throw undefined.fault();
      default -> throw new Fault("a " + Values.typeName(value) + " cannot be written as JSON");
    }
    r.budget.leave();
  }

  private static String number(double d) {
    return Double.isNaN(d) ? "NaN" : Double.isInfinite(d) ? d > 0 ? "Infinity" : "-Infinity" : Shown.number(d);
  }

  private void list(List<Object> items, int depth) {
    if (items.isEmpty()) {
      out.append("[]");
      return;
    }
    out.append("[");
    for (int i = 0; i < items.size(); i++) {
      if (i > 0) {
        out.append(comma);
      }
      newLine(depth + 1);
      write(items.get(i), depth + 1);
    }
    newLine(depth);
    out.append("]");
  }

  private void dict(Dict dict, int depth) {
    if (dict.size() == 0) {
      out.append("{}");
      return;
    }
    List<Map.Entry<Object, Object>> entries = new ArrayList<>(dict.entries().entrySet());
    r.budget.steps(entries.size());
    if (sorted) {
      entries.sort((a, b) -> Arithmetic.order(a.getKey(), b.getKey(), r));
    }
    out.append("{");
    boolean first = true;
    for (Map.Entry<Object, Object> entry : entries) {
      if (!first) {
        out.append(comma);
      }
      first = false;
      newLine(depth + 1);
      key(entry.getKey());
      out.append(colon);
      write(entry.getValue(), depth + 1);
    }
    newLine(depth);
    out.append("}");
  }

  private void key(Object key) {
    if (key instanceof Text text) {
      quoted(text);
      return;
    }
    out.append("\"");
    write(key, 0);
    out.append("\"");
  }

  private void newLine(int depth) {
    if (indent != null) {
      out.append("\n");
      for (int i = 0; i < depth; i++) {
        out.append(indent);
      }
    }
  }

  private void quoted(Text text) {
    out.append("\"");
    String string = text.string();
    r.budget.search(string.length());
    int plain = 0;
    for (int i = 0; i < string.length(); i++) {
      String escape = escape(string.charAt(i));
      if (escape != null) {
        r.budget.step();
        out.append(text, plain, i);
        out.append(escape);
        plain = i + 1;
      }
    }
    out.append(text, plain, string.length());
    out.append("\"");
  }

  private String escape(char c) {
    return switch (c) {
      case '"' -> "\\\"";
      case '\\' -> "\\\\";
      case '\n' -> "\\n";
      case '\r' -> "\\r";
      case '\t' -> "\\t";
      case '\f' -> "\\f";
      case '\b' -> "\\b";
      default -> c < ' ' || ascii && c > '~' ? "\\u" + HexFormat.of().toHexDigits(c) : null;
    };
  }
}
