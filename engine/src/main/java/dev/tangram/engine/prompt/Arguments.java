package dev.tangram.engine.prompt;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The values of a call. A filter's or test's operand is the first positional one. */
record Arguments(List<Object> positional, Map<String, Object> named) {
  static Arguments of(Object... values) {
    return new Arguments(Arrays.asList(values), Map.of());
  }

  int count() {
    return positional.size();
  }

  Object first() {
    if (positional.isEmpty()) {
      throw new Fault("an argument is missing");
    }
    return positional.get(0);
  }

  boolean has(int index, String name) {
    return index < positional.size() || named.containsKey(name);
  }

  /** The argument at a place or of a name; {@code otherwise} if it was not given. */
  Object get(int index, String name, Object otherwise) {
    if (index < positional.size()) {
      return positional.get(index);
    }
    return named.containsKey(name) ? named.get(name) : otherwise;
  }

  Object required(int index, String name) {
    if (!has(index, name)) {
      throw new Fault("the argument '" + name + "' is missing");
    }
    return get(index, name, null);
  }

  Text text(int index, String name) {
    Object value = required(index, name);
    if (value instanceof Text text) {
      return text;
    }
    throw new Fault("the argument '" + name + "' must be a string, not " + Values.typeName(value));
  }

  boolean flag(int index, String name, boolean otherwise) {
    return Values.isTrue(get(index, name, otherwise));
  }

  /** An integer, clamped to the range of int. */
  int integer(int index, String name, int otherwise) {
    Object value = get(index, name, (long) otherwise);
    return Values.clampedIndex(value, name);
  }

  /** Refuses arguments that a function does not know. {@code names} covers all places. */
  Arguments only(String function, String... names) {
    if (positional.size() > names.length) {
      throw new Fault(
          function + " takes at most " + names.length + " arguments, not " + positional.size());
    }
    for (String name : named.keySet()) {
      int place = List.of(names).indexOf(name);
      if (place < 0) {
        throw new Fault(function + " has no argument '" + name + "'");
      }
      if (place < positional.size()) {
        throw new Fault(function + " was given the argument '" + name + "' twice");
      }
    }
    return this;
  }

  /** These arguments without the first {@code count} positional ones, behind a new operand. */
  Arguments rest(int count, Object operand) {
    List<Object> list = new ArrayList<>();
    list.add(operand);
    list.addAll(positional.subList(Math.min(count, positional.size()), positional.size()));
    return new Arguments(list, named);
  }

  /** These arguments and one more by name. */
  Arguments with(String name, Object value) {
    Map<String, Object> more = new LinkedHashMap<>(named);
    more.put(name, value);
    return new Arguments(positional, more);
  }
}
