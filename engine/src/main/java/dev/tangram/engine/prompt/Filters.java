package dev.tangram.engine.prompt;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What stands after {@code |}. */
final class Filters {
  private static final Set<String> KNOWN =
      Set.of(
          "trim", "length", "count", "join", "default", "d", "tojson", "upper", "lower", "capitalize", "title",
          "replace", "first", "last", "list", "string", "int", "float", "items", "dictsort", "map", "select", "reject",
          "selectattr", "rejectattr", "unique", "sort", "reverse", "indent", "abs", "round", "max", "min", "sum",
          "escape", "e", "safe", "batch", "wordcount", "attr");

  private Filters() {}

  static String known(String name, Tokens tokens) {
    if (!KNOWN.contains(name)) {
      throw tokens.error("the filter '%s', which is not known here".formatted(name));
    }
    return name;
  }

  static Object apply(String name, Object value, Arguments a) {
    return switch (name) {
      case "default", "d" ->
          value instanceof Undefined || (Values.truth(a.value(1, "boolean", false)) && !Values.truth(value))
              ? a.value(0, "default_value", Text.EMPTY)
              : value;
      case "length", "count" -> length(value, a.fuel());
      case "tojson" -> json(value, a);
      case "string" -> Values.str(value, a.fuel());
      case "int" -> integer(value, a);
      case "float" -> floating(value, a);
      case "abs" -> value instanceof Double d ? (Object) Math.abs(d) : (Object) Math.absExact(Values.integer(value));
      case "round" -> round(value, a);
      case "safe" -> value;
      case "items", "dictsort" -> entries(name, value);
      case "attr" -> value instanceof Map<?, ?> map ? map.get(a.text(0, "name").value()) : new Undefined("attr");
      case "trim", "upper", "lower", "capitalize", "title", "replace", "indent", "escape", "e", "wordcount" ->
          ofText(name, Values.str(value, a.fuel()), a);
      default -> ofItems(name, value, a);
    };
  }

  private static long length(Object value, Fuel fuel) {
    return switch (value) {
      case Text text -> text.value().codePointCount(0, text.length());
      case Map<?, ?> map -> map.size();
      case null, default -> Values.items(value, fuel).size();
    };
  }

  private static Text json(Object value, Arguments a) {
    Object indent = a.value(0, "indent", null);
    if (a.positional().size() > 1) {
      // transformers' own order of arguments starts with ensure_ascii; nobody gives it by place.
      throw new TemplateException("tojson: give its arguments by name");
    }
    Object named = a.named().containsKey("indent") ? a.named().get("indent") : indent;
    String step =
        switch (named) {
          case null -> null;
          case Text text -> text.value();
          default -> " ".repeat(Math.clamp(Values.integer(named), 0, 32));
        };
    String item = step == null ? ", " : ",";
    String key = ": ";
    if (a.value(Integer.MAX_VALUE, "separators", null) instanceof List<?> separators && separators.size() == 2) {
      item = Values.text(separators.get(0)).value();
      key = Values.text(separators.get(1)).value();
    }
    boolean sort = Values.truth(a.value(Integer.MAX_VALUE, "sort_keys", false));
    boolean ascii = Values.truth(a.value(Integer.MAX_VALUE, "ensure_ascii", false));
    return new Json(a.fuel(), step, item, key, sort, ascii).write(value);
  }

  private static Object integer(Object value, Arguments a) {
    Object otherwise = a.value(0, "default", 0L);
    try {
      return switch (value) {
        case Text text -> {
          String digits = text.value().strip();
          yield digits.indexOf('.') < 0 ? (Object) Long.parseLong(digits) : (Object) (long) Double.parseDouble(digits);
        }
        case Double d -> (long) (double) d;
        case null -> otherwise;
        default -> Values.isNumber(value) ? Values.integer(value) : otherwise;
      };
    } catch (NumberFormatException e) {
      return otherwise;
    }
  }

  private static Object floating(Object value, Arguments a) {
    try {
      return switch (value) {
        case Text text -> Double.parseDouble(text.value().strip());
        case null -> a.value(0, "default", 0.0);
        default -> Values.isNumber(value) ? (Object) Values.number(value) : a.value(0, "default", 0.0);
      };
    } catch (NumberFormatException e) {
      return a.value(0, "default", 0.0);
    }
  }

  private static Object round(Object value, Arguments a) {
    int digits = Math.clamp(a.integer(0, "precision", 0), -300, 300);
    RoundingMode mode =
        switch (a.string(1, "method", "common")) {
          case "ceil" -> RoundingMode.CEILING;
          case "floor" -> RoundingMode.FLOOR;
          default -> RoundingMode.HALF_EVEN;
        };
    double number = Values.number(value);
    return Double.isFinite(number) ? new BigDecimal(number).setScale(digits, mode).doubleValue() : number;
  }

  static List<Object> pairs(Map<?, ?> map) {
    List<Object> pairs = new ArrayList<>();
    map.forEach(
        (key, item) -> {
          List<Object> pair = new ArrayList<>();
          pair.add(Text.untrusted((String) key));
          pair.add(item);
          pairs.add(pair);
        });
    return pairs;
  }

  private static List<Object> entries(String name, Object value) {
    if (value instanceof Undefined && name.equals("items")) {
      return List.of();
    }
    if (!(value instanceof Map<?, ?> map)) {
      throw Values.wrong("a mapping", value);
    }
    List<Object> pairs = pairs(map);
    if (name.equals("dictsort")) {
      pairs.sort(Comparator.comparing(pair -> ((Text) ((List<?>) pair).getFirst()).value().toLowerCase(Locale.ROOT)));
    }
    return pairs;
  }

  private static Object ofText(String name, Text text, Arguments a) {
    a.fuel().size(text.length());
    String value = text.value();
    return switch (name) {
      case "trim" -> text.strip(a.string(0, "chars", null), true, true);
      case "upper" -> text.map(value.toUpperCase(Locale.ROOT));
      case "lower" -> text.map(value.toLowerCase(Locale.ROOT));
      case "capitalize" -> text.map(Methods.capitalize(value));
      case "title" -> text.map(Methods.title(value));
      case "replace" -> Methods.replace(text, a.text(0, "s"), a.text(1, "d"), a.integer(2, "count", -1), a.fuel());
      case "indent" -> indent(text, a);
      case "wordcount" -> (long) Methods.split(text, null, -1, false, a.fuel()).size();
      default -> escape(text, a.fuel());
    };
  }

  private static Text escape(Text text, Fuel fuel) {
    String[][] pairs = {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"'", "&#39;"}, {"\"", "&#34;"}};
    Text escaped = text;
    for (String[] pair : pairs) {
      escaped = Methods.replace(escaped, Text.untrusted(pair[0]), Text.untrusted(pair[1]), -1, fuel);
    }
    return escaped;
  }

  private static Text indent(Text text, Arguments a) {
    Object width = a.value(0, "width", 4L);
    Text step = width instanceof Text t ? t : Text.trusted(" ".repeat(Math.clamp(Values.integer(width), 0, 100)));
    boolean first = Values.truth(a.value(1, "first", false));
    boolean blank = Values.truth(a.value(2, "blank", false));
    List<Object> lines = Methods.split(text, "\n", -1, false, a.fuel());
    Text.Builder out = new Text.Builder();
    for (int i = 0; i < lines.size(); i++) {
      Text line = (Text) lines.get(i);
      a.fuel().size((long) step.length() + line.length());
      if (i > 0) {
        out.add(Text.trusted("\n"));
      }
      if (i == 0 ? first : blank || !line.isEmpty()) {
        out.add(step);
      }
      out.add(line);
    }
    return out.build();
  }

  private static Object ofItems(String name, Object value, Arguments a) {
    List<?> items = Values.items(value, a.fuel());
    a.fuel().size(64L * items.size());
    return switch (name) {
      case "list" -> new ArrayList<>(items);
      case "first" -> items.isEmpty() ? new Undefined("the first of nothing") : items.getFirst();
      case "last" -> items.isEmpty() ? new Undefined("the last of nothing") : items.getLast();
      case "join" -> {
        Object attribute = a.value(1, "attribute", null);
        List<?> parts = attribute == null ? items : attributes(items, attribute, null, a.fuel());
        yield Methods.join(Values.str(a.value(0, "d", Text.EMPTY), a.fuel()), parts, a.fuel());
      }
      case "reverse" -> {
        List<Object> reversed = new ArrayList<>(items);
        Collections.reverse(reversed);
        yield value instanceof Text ? Methods.join(Text.EMPTY, reversed, a.fuel()) : reversed;
      }
      case "sort" -> sorted(items, a);
      case "unique" -> unique(items, a.fuel());
      case "max" -> items.isEmpty() ? new Undefined("the largest of nothing") : Collections.max(items, Values::compare);
      case "min" -> items.isEmpty() ? new Undefined("the least of nothing") : Collections.min(items, Values::compare);
      case "sum" -> {
        Object attribute = a.value(0, "attribute", null);
        Object sum = a.value(1, "start", 0L);
        for (Object item : attribute == null ? items : attributes(items, attribute, null, a.fuel())) {
          sum = Arithmetic.apply("+", sum, item, a.fuel());
        }
        yield sum;
      }
      case "batch" -> batches(items, a);
      case "map" -> map(items, a);
      default -> chosen(name, items, a);
    };
  }

  private static List<Object> batches(List<?> items, Arguments a) {
    int size = Math.clamp(a.integer(0, "linecount", 1), 1, Integer.MAX_VALUE);
    List<Object> batches = new ArrayList<>();
    for (int i = 0; i < items.size(); i += size) {
      batches.add(new ArrayList<>(items.subList(i, (int) Math.min(items.size(), (long) i + size))));
    }
    return batches;
  }

  private static List<Object> sorted(List<?> items, Arguments a) {
    Object attribute = a.value(2, "attribute", null);
    boolean caseSensitive = Values.truth(a.value(1, "case_sensitive", false));
    Comparator<Object> order =
        Comparator.comparing(
            item -> {
              Object key = attribute == null ? item : attributeOf(item, attribute);
              return key instanceof Text text && !caseSensitive ? Text.untrusted(text.value().toLowerCase(Locale.ROOT)) : key;
            },
            Values::compare);
    List<Object> sorted = new ArrayList<>(items);
    sorted.sort(Values.truth(a.value(0, "reverse", false)) ? order.reversed() : order);
    return sorted;
  }

  private static List<Object> unique(List<?> items, Fuel fuel) {
    List<Object> unique = new ArrayList<>();
    for (Object item : items) {
      if (!Tests.contains(unique, item, fuel)) {
        unique.add(item);
      }
    }
    return unique;
  }

  private static List<Object> map(List<?> items, Arguments a) {
    if (a.named().containsKey("attribute")) {
      return attributes(items, a.named().get("attribute"), a.named().get("default"), a.fuel());
    }
    String name = a.text(0, "filter").value();
    if (!KNOWN.contains(name)) {
      throw new TemplateException("the chat template maps with the filter '%s', which is not known here".formatted(name));
    }
    Arguments rest = new Arguments(a.positional().subList(1, a.positional().size()), a.named(), a.fuel());
    List<Object> mapped = new ArrayList<>();
    for (Object item : items) {
      a.fuel().enter();
      mapped.add(apply(name, item, rest));
      a.fuel().leave();
    }
    return mapped;
  }

  private static List<Object> attributes(List<?> items, Object attribute, Object otherwise, Fuel fuel) {
    fuel.size(64L * items.size());
    List<Object> values = new ArrayList<>();
    for (Object item : items) {
      Object value = attributeOf(item, attribute);
      values.add(value instanceof Undefined && otherwise != null ? otherwise : value);
    }
    return values;
  }

  /** An attribute path such as {@code function.name}. */
  private static Object attributeOf(Object item, Object attribute) {
    Object value = item;
    for (String name : Values.str(attribute, new Fuel(0)).value().split("\\.")) {
      value = value instanceof Map<?, ?> map && map.containsKey(name) ? map.get(name) : new Undefined(name);
    }
    return value;
  }

  private static List<Object> chosen(String name, List<?> items, Arguments a) {
    boolean byAttribute = name.endsWith("attr");
    int used = byAttribute ? 1 : 0;
    String test = a.positional().size() > used ? a.text(used, "test").value() : null;
    List<Object> rest = a.positional().subList(Math.min(used + 1, a.positional().size()), a.positional().size());
    boolean wanted = name.startsWith("select");
    List<Object> chosen = new ArrayList<>();
    for (Object item : items) {
      Object value = byAttribute ? attributeOf(item, a.needed(0, "attribute")) : item;
      boolean holds = test == null ? Values.truth(value) : Tests.holds(alias(test), value, rest);
      if (holds == wanted) {
        chosen.add(item);
      }
    }
    return chosen;
  }

  private static String alias(String test) {
    return switch (test) {
      case "==" -> "eq";
      case "!=" -> "ne";
      case "<" -> "lt";
      case "<=" -> "le";
      case ">" -> "gt";
      case ">=" -> "ge";
      default -> test;
    };
  }
}
