package dev.tangram.engine.prompt;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What stands after {@code is}. */
final class Tests {
  private static final Set<String> KNOWN =
      Set.of(
          "defined", "undefined", "none", "string", "mapping", "iterable", "sequence", "number", "integer", "float",
          "boolean", "true", "false", "even", "odd", "divisibleby", "equalto", "eq", "sameas", "ne", "lt", "le", "gt",
          "ge", "lessthan", "greaterthan", "in", "callable", "lower", "upper");

  private Tests() {}

  static String known(String name, Tokens tokens) {
    if (!KNOWN.contains(name)) {
      throw tokens.error("the test '%s', which is not known here".formatted(name));
    }
    return name;
  }

  static boolean holds(String name, Object value, List<Object> arguments) {
    return switch (name) {
      case "defined" -> !(value instanceof Undefined);
      case "undefined" -> value instanceof Undefined;
      case "none" -> value == null;
      case "string" -> value instanceof Text;
      case "mapping" -> value instanceof Map<?, ?>;
      case "iterable" -> value instanceof List<?> || value instanceof Map<?, ?> || value instanceof Text || value instanceof Undefined;
      case "sequence" -> value instanceof List<?> || value instanceof Map<?, ?> || value instanceof Text || value instanceof Undefined;
      case "number" -> Values.isNumber(value);
      case "integer" -> value instanceof Long;
      case "float" -> value instanceof Double;
      case "boolean" -> value instanceof Boolean;
      case "true" -> Boolean.TRUE.equals(value);
      case "false" -> Boolean.FALSE.equals(value);
      case "even" -> Values.integer(value) % 2 == 0;
      case "odd" -> Values.integer(value) % 2 != 0;
      case "callable" -> value instanceof Callable;
      case "lower" -> Values.text(value).value().equals(Values.text(value).value().toLowerCase(Locale.ROOT));
      case "upper" -> Values.text(value).value().equals(Values.text(value).value().toUpperCase(Locale.ROOT));
      default -> holdsWith(name, value, first(name, arguments));
    };
  }

  private static Object first(String name, List<Object> arguments) {
    if (arguments.isEmpty()) {
      throw new TemplateException("the chat template uses the test '%s' without its argument".formatted(name));
    }
    return arguments.getFirst();
  }

  private static boolean holdsWith(String name, Object value, Object other) {
    return switch (name) {
      case "divisibleby" -> {
        long divisor = Values.integer(other);
        yield divisor != 0 && Values.integer(value) % divisor == 0;
      }
      case "ne" -> !Values.same(value, other);
      case "lt", "lessthan" -> Values.compare(value, other) < 0;
      case "le" -> Values.compare(value, other) <= 0;
      case "gt", "greaterthan" -> Values.compare(value, other) > 0;
      case "ge" -> Values.compare(value, other) >= 0;
      case "in" -> contains(other, value, new Fuel(0));
      case "sameas" -> value == other || (value instanceof Boolean && value.equals(other));
      default -> Values.same(value, other);
    };
  }

  /** {@code item in container}. */
  static boolean contains(Object container, Object item, Fuel fuel) {
    return switch (container) {
      case Text text -> {
        fuel.size(text.length());
        yield text.value().contains(Values.text(item).value());
      }
      case List<?> list -> {
        fuel.size(64L * list.size());
        yield list.stream().anyMatch(other -> Values.same(other, item));
      }
      case Map<?, ?> map -> item instanceof Text key && map.containsKey(key.value());
      case Undefined _ -> false;
      case null, default -> throw Values.wrong("something that can contain", container);
    };
  }
}
