package dev.tangram.engine.prompt;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What values are, as Python sees them: null, Boolean, Long, Double, {@link Text}, List, Map with String keys, {@link
 * Undefined}, and the callables and namespaces of the interpreter.
 */
final class Values {
  /** Nesting of lists and maps in the variables. */
  private static final int DEPTH = 64;

  private Values() {}

  /** A variable of the caller as a template value; texts are untrusted. */
  static Object of(Object value, int depth) {
    if (depth > DEPTH) {
      throw new TemplateException("the messages nest deeper than " + DEPTH + " levels");
    }
    return switch (value) {
      case null -> null;
      case Boolean b -> b;
      case Integer i -> i.longValue();
      case Long l -> l;
      case Float f -> f.doubleValue();
      case Double d -> d;
      case String s -> Text.untrusted(s);
      case List<?> list -> {
        List<Object> copy = new ArrayList<>(list.size());
        list.forEach(item -> copy.add(of(item, depth + 1)));
        yield copy;
      }
      case Map<?, ?> map -> {
        Map<String, Object> copy = new LinkedHashMap<>();
        map.forEach((key, item) -> copy.put(String.valueOf(key), of(item, depth + 1)));
        yield copy;
      }
      default -> throw new TemplateException("a variable of type " + value.getClass().getSimpleName());
    };
  }

  /** Characters of all texts in a value. */
  static long characters(Object value) {
    return switch (value) {
      case Text text -> text.length();
      case List<?> list -> list.stream().mapToLong(Values::characters).sum() + list.size();
      case Map<?, ?> map -> map.values().stream().mapToLong(Values::characters).sum() + map.size();
      case null, default -> 1;
    };
  }

  static boolean truth(Object value) {
    return switch (value) {
      case null -> false;
      case Undefined _ -> false;
      case Boolean b -> b;
      case Long l -> l != 0;
      case Double d -> d != 0;
      case Text text -> !text.isEmpty();
      case List<?> list -> !list.isEmpty();
      case Map<?, ?> map -> !map.isEmpty();
      default -> true;
    };
  }

  static boolean same(Object a, Object b) {
    if (isNumber(a) && isNumber(b)) {
      return number(a) == number(b);
    }
    if (a instanceof List<?> x && b instanceof List<?> y) {
      if (x.size() != y.size()) {
        return false;
      }
      for (int i = 0; i < x.size(); i++) {
        if (!same(x.get(i), y.get(i))) {
          return false;
        }
      }
      return true;
    }
    if (a instanceof Undefined && b instanceof Undefined) {
      return true;
    }
    return Objects.equals(a, b);
  }

  static boolean isNumber(Object value) {
    return value instanceof Long || value instanceof Double || value instanceof Boolean;
  }

  static double number(Object value) {
    return switch (value) {
      case Long l -> l;
      case Double d -> d;
      case Boolean b -> b ? 1 : 0;
      case null, default -> throw wrong("a number", value);
    };
  }

  static long integer(Object value) {
    return switch (value) {
      case Long l -> l;
      case Boolean b -> b ? 1 : 0;
      case null, default -> throw wrong("an integer", value);
    };
  }

  static int compare(Object a, Object b) {
    if (a instanceof Long x && b instanceof Long y) {
      return Long.compare(x, y);
    }
    if (isNumber(a) && isNumber(b)) {
      return Double.compare(number(a), number(b));
    }
    if (a instanceof Text x && b instanceof Text y) {
      return x.compareTo(y);
    }
    if (a instanceof List<?> x && b instanceof List<?> y) {
      for (int i = 0; i < Math.min(x.size(), y.size()); i++) {
        int order = compare(x.get(i), y.get(i));
        if (order != 0) {
          return order;
        }
      }
      return Integer.compare(x.size(), y.size());
    }
    throw new TemplateException(
        "the chat template compares %s with %s".formatted(typeOf(a), typeOf(b)));
  }

  /** What a for loop goes over. */
  static List<?> items(Object value, Fuel fuel) {
    return switch (value) {
      case List<?> list -> list;
      case Map<?, ?> map -> {
        List<Object> keys = new ArrayList<>();
        map.keySet().forEach(key -> keys.add(Text.untrusted((String) key)));
        yield keys;
      }
      case Text text -> {
        fuel.size(64L * text.length());
        List<Object> characters = new ArrayList<>();
        for (int i = 0; i < text.length(); ) {
          int next = i + Character.charCount(text.value().codePointAt(i));
          characters.add(text.slice(i, next));
          i = next;
        }
        yield characters;
      }
      case Undefined _ -> List.of();
      case null, default -> throw wrong("something to iterate over", value);
    };
  }

  static Text text(Object value) {
    if (value instanceof Text text) {
      return text;
    }
    throw wrong("a string", value);
  }

  static TemplateException wrong(String expected, Object found) {
    if (found instanceof Undefined undefined) {
      return undefined.used();
    }
    return new TemplateException("the chat template needs %s and finds %s".formatted(expected, typeOf(found)));
  }

  static String typeOf(Object value) {
    return switch (value) {
      case null -> "none";
      case Boolean _ -> "a boolean";
      case Long _ -> "an integer";
      case Double _ -> "a float";
      case Text _ -> "a string";
      case List<?> _ -> "a list";
      case Map<?, ?> _ -> "a mapping";
      case Undefined undefined -> "'" + undefined.name() + "', which is undefined";
      default -> "a function";
    };
  }

  /** Python's str(). */
  static Text str(Object value, Fuel fuel) {
    return switch (value) {
      case Text text -> text;
      case Undefined _ -> Text.EMPTY;
      case null, default -> {
        StringBuilder out = new StringBuilder();
        repr(value, out, fuel);
        yield Text.untrusted(out.toString());
      }
    };
  }

  /** Python's repr(). */
  static void repr(Object value, StringBuilder out, Fuel fuel) {
    fuel.step();
    switch (value) {
      case null -> out.append("None");
      case Boolean b -> out.append(b ? "True" : "False");
      case Long l -> out.append(l);
      case Double d -> out.append(floatText(d));
      case Text text -> {
        fuel.size(text.length());
        quoted(text.value(), out);
      }
      case Undefined _ -> out.append("Undefined");
      case List<?> list -> {
        out.append('[');
        for (int i = 0; i < list.size(); i++) {
          out.append(i == 0 ? "" : ", ");
          repr(list.get(i), out, fuel);
        }
        out.append(']');
      }
      case Map<?, ?> map -> {
        out.append('{');
        String comma = "";
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          out.append(comma);
          quoted((String) entry.getKey(), out);
          out.append(": ");
          repr(entry.getValue(), out, fuel);
          comma = ", ";
        }
        out.append('}');
      }
      default -> throw wrong("something to print", value);
    }
  }

  private static void quoted(String text, StringBuilder out) {
    char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
    out.append(quote);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c == quote) {
            out.append('\\').append(c);
          } else if (c < 0x20 || c == 0x7F) {
            out.append("\\x%02x".formatted((int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append(quote);
  }

  /** Python's repr of a float: the shortest digits, an exponent below 1e-4 and from 1e16 on. */
  static String floatText(double d) {
    if (Double.isNaN(d)) {
      return "nan";
    }
    if (Double.isInfinite(d)) {
      return d > 0 ? "inf" : "-inf";
    }
    if (d == 0) {
      return 1 / d < 0 ? "-0.0" : "0.0";
    }
    BigDecimal decimal = new BigDecimal(Double.toString(d)).stripTrailingZeros();
    int exponent = decimal.precision() - decimal.scale() - 1;
    if (exponent >= -4 && exponent < 16) {
      String plain = decimal.toPlainString();
      return plain.indexOf('.') < 0 ? plain + ".0" : plain;
    }
    String digits = decimal.unscaledValue().abs().toString();
    String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
    return "%s%se%s%02d".formatted(d < 0 ? "-" : "", mantissa, exponent < 0 ? "-" : "+", Math.abs(exponent));
  }
}
