package dev.tangram.engine.prompt;

import dev.tangram.engine.prompt.Node.Expression;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Values of expressions. One rendering each. */
final class Evaluator {
  private final Fuel fuel;

  Evaluator(Fuel fuel) {
    this.fuel = fuel;
  }

  Fuel fuel() {
    return fuel;
  }

  Object value(Expression expression, Scope scope) {
    fuel.step();
    return switch (expression) {
      case Node.Literal literal -> literal.value();
      case Node.Name name -> scope.find(name.name());
      case Node.ListOf list -> values(list.items(), scope);
      case Node.MapOf map -> map(map, scope);
      case Node.Attribute attribute -> attribute(value(attribute.object(), scope), attribute.name());
      case Node.Item item -> item(value(item.object(), scope), value(item.index(), scope));
      case Node.Slice slice -> slice(slice, scope);
      case Node.Call call -> call(call, scope);
      case Node.Filter filter -> filter(filter, value(filter.value(), scope), scope);
      case Node.Test test ->
          test.negated() != Tests.holds(test.name(), value(test.value(), scope), values(test.arguments().positional(), scope));
      case Node.Unary unary -> unary(unary, scope);
      case Node.Binary binary -> binary(binary, scope);
      case Node.Comparison comparison -> comparison(comparison, scope);
      case Node.Choice choice -> {
        if (Values.truth(value(choice.condition(), scope))) {
          yield value(choice.then(), scope);
        }
        yield choice.otherwise() == null ? new Undefined("an if without else") : value(choice.otherwise(), scope);
      }
    };
  }

  private List<Object> values(List<Expression> expressions, Scope scope) {
    List<Object> values = new ArrayList<>(expressions.size());
    for (Expression expression : expressions) {
      values.add(value(expression, scope));
    }
    return values;
  }

  private Map<String, Object> map(Node.MapOf map, Scope scope) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (int i = 0; i < map.keys().size(); i++) {
      values.put(key(value(map.keys().get(i), scope)), value(map.values().get(i), scope));
    }
    return values;
  }

  private String key(Object key) {
    return Values.str(key, fuel).value();
  }

  Object filter(Node.Filter filter, Object value, Scope scope) {
    return Filters.apply(filter.name(), value, arguments(filter.arguments(), scope));
  }

  private Arguments arguments(Node.Arguments arguments, Scope scope) {
    Map<String, Object> named = new LinkedHashMap<>();
    arguments.named().forEach((name, expression) -> named.put(name, value(expression, scope)));
    return new Arguments(values(arguments.positional(), scope), named, fuel);
  }

  /** {@code object.name}: a method first, as in Python, then an item. */
  private Object attribute(Object object, String name) {
    if (object instanceof Namespace namespace) {
      return namespace.values().containsKey(name) ? namespace.values().get(name) : new Undefined(name);
    }
    if (object instanceof Undefined undefined) {
      throw undefined.used();
    }
    if (Methods.has(object, name)) {
      return (Callable) (positional, named) -> Methods.call(object, name, new Arguments(positional, named, fuel));
    }
    return object instanceof Map<?, ?> map && map.containsKey(name) ? map.get(name) : new Undefined(name);
  }

  private Object item(Object object, Object index) {
    return switch (object) {
      case Undefined undefined -> throw undefined.used();
      case List<?> list when index instanceof Long i -> {
        long at = i < 0 ? i + list.size() : i;
        yield at >= 0 && at < list.size() ? list.get((int) at) : new Undefined("an item out of range");
      }
      case Text text when index instanceof Long i -> {
        long at = i < 0 ? i + text.length() : i;
        yield at >= 0 && at < text.length() ? text.slice((int) at, (int) at + 1) : new Undefined("a character out of range");
      }
      case Map<?, ?> map -> {
        String key = key(index);
        yield map.containsKey(key) ? map.get(key) : new Undefined(key);
      }
      case null, default -> index instanceof Text name ? attribute(object, name.value()) : new Undefined("an item");
    };
  }

  private Object slice(Node.Slice slice, Scope scope) {
    Object object = value(slice.object(), scope);
    int length =
        switch (object) {
          case List<?> list -> list.size();
          case Text text -> text.length();
          case null, default -> throw Values.wrong("a list or string to slice", object);
        };
    long step = slice.step() == null ? 1 : bound(slice.step(), scope, 1);
    if (step == 0) {
      throw new TemplateException("the chat template slices with a step of 0");
    }
    long from = clip(slice.from() == null ? null : value(slice.from(), scope), step > 0 ? 0 : length - 1, length, step);
    long to = clip(slice.to() == null ? null : value(slice.to(), scope), step > 0 ? length : -1, length, step);
    if (object instanceof Text text && step == 1) {
      fuel.size(length);
      return from >= to ? Text.EMPTY : text.slice((int) from, (int) to);
    }
    fuel.size(64L * length);
    List<Object> picked = new ArrayList<>();
    Text.Builder joined = new Text.Builder();
    for (long i = from; step > 0 ? i < to : i > to; i += step) {
      if (object instanceof Text text) {
        joined.add(text.slice((int) i, (int) i + 1));
      } else {
        picked.add(((List<?>) object).get((int) i));
      }
    }
    return object instanceof Text ? joined.build() : picked;
  }

  private long bound(Expression expression, Scope scope, long otherwise) {
    Object value = value(expression, scope);
    return value == null ? otherwise : Math.clamp(Values.integer(value), Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  private static long clip(Object value, long otherwise, int length, long step) {
    if (value == null) {
      return otherwise;
    }
    long at = Math.clamp(Values.integer(value), Integer.MIN_VALUE, Integer.MAX_VALUE);
    at = at < 0 ? at + length : at;
    return step > 0 ? Math.clamp(at, 0, length) : Math.clamp(at, -1, length - 1);
  }

  private Object call(Node.Call call, Scope scope) {
    Object function = value(call.function(), scope);
    if (!(function instanceof Callable callable)) {
      throw Values.wrong("a function", function);
    }
    Arguments arguments = arguments(call.arguments(), scope);
    fuel.enter();
    try {
      return callable.call(arguments.positional(), arguments.named());
    } finally {
      fuel.leave();
    }
  }

  private Object unary(Node.Unary unary, Scope scope) {
    Object value = value(unary.value(), scope);
    return switch (unary.operator()) {
      case "not" -> !Values.truth(value);
      case "-" -> value instanceof Double d ? (Object) (-d) : (Object) Math.negateExact(Values.integer(value));
      default -> value instanceof Double ? value : (Object) Values.integer(value);
    };
  }

  private Object binary(Node.Binary binary, Scope scope) {
    Object left = value(binary.left(), scope);
    switch (binary.operator()) {
      case "and" -> {
        return Values.truth(left) ? value(binary.right(), scope) : left;
      }
      case "or" -> {
        return Values.truth(left) ? left : value(binary.right(), scope);
      }
      default -> {
        return Arithmetic.apply(binary.operator(), left, value(binary.right(), scope), fuel);
      }
    }
  }

  private Object comparison(Node.Comparison comparison, Scope scope) {
    Object left = value(comparison.first(), scope);
    for (int i = 0; i < comparison.operators().size(); i++) {
      Object right = value(comparison.rest().get(i), scope);
      if (!holds(comparison.operators().get(i), left, right)) {
        return false;
      }
      left = right;
    }
    return true;
  }

  private boolean holds(String operator, Object left, Object right) {
    return switch (operator) {
      case "==" -> Values.same(left, right);
      case "!=" -> !Values.same(left, right);
      case "in" -> contains(right, left);
      case "not in" -> !contains(right, left);
      case "<" -> Values.compare(left, right) < 0;
      case ">" -> Values.compare(left, right) > 0;
      case "<=" -> Values.compare(left, right) <= 0;
      default -> Values.compare(left, right) >= 0;
    };
  }

  private boolean contains(Object container, Object item) {
    return Tests.contains(container, item, fuel);
  }
}
