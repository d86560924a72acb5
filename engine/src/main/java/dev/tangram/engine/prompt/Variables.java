package dev.tangram.engine.prompt;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Turns the caller's variables into template values, copying all of them: no Java object stays reachable. */
final class Variables {
  /** Objects and arrays in each other. */
  static final int DEPTH_MAX = 200;

  private static final Set<String> TRUSTED = Set.of("bos_token", "eos_token");

  /**
   * Roles are a closed set of words. Some templates build a control token around one ({@code <|user|>}), so in the role
   * of a message these words are as good as the template's own.
   */
  private static final Set<String> ROLES =
      Set.of("system", "developer", "user", "assistant", "tool", "function", "ipython", "model");

  private final Budget budget;
  private long characters;

  private Variables(Budget budget) {
    this.budget = budget;
  }

  static Scope scope(Map<String, Object> variables, Rendering r) {
    Variables reader = new Variables(r.budget);
    Scope scope = new Scope(null);
    variables.forEach(
        (name, value) -> {
          boolean trusted = TRUSTED.contains(name) && value instanceof String;
          Object read = trusted ? Text.trusted((String) value) : reader.read(value, name.equals("messages") ? 1 : 3, 0);
          scope.set(name, read);
        });
    reader.budget.grant(reader.characters);
    return scope;
  }

  /** @param level 1 for the list of messages, 2 for one message, 3 for everything else */
  private Object read(Object value, int level, int depth) {
    if (depth > DEPTH_MAX) {
      throw new Fault("the variables are nested deeper than the limit of " + DEPTH_MAX + " levels");
    }
    characters += 32; // a value costs some steps, however short
    switch (value) {
      case null -> {
        return null;
      }
      case String s -> {
        characters += s.length();
        return Text.untrusted(s);
      }
      case Boolean b -> {
        return b;
      }
      case Number n -> {
        return number(n);
      }
      case Map<?, ?> map -> {
        Dict dict = new Dict();
        map.forEach((key, inner) -> dict.put(key(key), member(key, inner, level, depth)));
        return dict;
      }
      case List<?> list -> {
        List<Object> items = new ArrayList<>(list.size());
        list.forEach(inner -> items.add(read(inner, level == 1 ? 2 : 3, depth + 1)));
        return Seq.list(items);
      }
      default -> throw new Fault("the variables hold a " + value.getClass().getSimpleName() + ", which templates do not know");
    }
  }

  private Object member(Object key, Object value, int level, int depth) {
    if (level == 2 && "role".equals(key) && value instanceof String role && ROLES.contains(role)) {
      return Text.trusted(role);
    }
    return read(value, 3, depth + 1);
  }

  private Object key(Object key) {
    if (key instanceof String s) {
      characters += s.length();
      return Text.untrusted(s);
    }
    throw new Fault("the variables have a key that is no string");
  }

  private static Object number(Number n) {
    return switch (n) {
      case Double d -> d;
      case Float f -> f.doubleValue();
      case BigDecimal d -> d.doubleValue();
      case BigInteger i when i.bitLength() > 63 -> i.doubleValue();
      default -> n.longValue();
    };
  }
}
