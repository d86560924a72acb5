package dev.tangram.engine.prompt;

import java.util.ArrayList;
import java.util.List;

/**
 * What a template can hold: null, Boolean, Long, Double, {@link Text}, {@link Seq}, {@link Dict},
 * {@link Undefined}, {@link Namespace}, {@link Loop} and {@link Callable}. Nothing else is
 * reachable.
 */
final class Values {
  private Values() {}

  static boolean isTrue(Object value) {
    return switch (value) {
      case null -> false;
      case Boolean b -> b;
      case Long n -> n != 0;
      case Double d -> d != 0;
      case Text text -> !text.isEmpty();
      case Seq seq -> seq.kind == Seq.Kind.ITERATOR || !seq.items().isEmpty();
      case Dict dict -> dict.size() > 0;
      case Undefined undefined -> false;
      default -> true;
    };
  }

  /** Python's name of the type, for messages. */
  static String typeName(Object value) {
    return switch (value) {
      case null -> "NoneType";
      case Boolean b -> "bool";
      case Long n -> "int";
      case Double d -> "float";
      case Text text -> "str";
      case Seq seq -> seq.kind.typeName;
      case Dict dict -> "dict";
      case Undefined undefined -> "Undefined";
      case Namespace namespace -> "Namespace";
      case Loop loop -> "LoopContext";
      case Macro macro -> "Macro";
      default -> "function";
    };
  }

  /**
   * The elements of anything that can be walked: keys of a dictionary, characters of a string. Pays
   * for them.
   */
  static List<Object> elements(Object value, Rendering r) {
    List<Object> elements =
        switch (value) {
          case Seq seq -> seq.walk();
          case Dict dict -> dict.keys();
          case Text text -> characters(text, r);
          case Undefined undefined -> List.of();
          case null, default ->
              throw new Fault("a " + typeName(value) + " cannot be iterated over");
        };
    r.budget.steps(elements.size() / 4);
    return elements;
  }

  private static List<Object> characters(Text text, Rendering r) {
    r.budget.steps(text.length());
    List<Object> characters = new ArrayList<>(text.length());
    String string = text.string();
    for (int i = 0; i < string.length(); ) {
      int end = i + Character.charCount(string.codePointAt(i));
      characters.add(text.unitSlice(i, end));
      i = end;
    }
    return characters;
  }

  static boolean isIterable(Object value) {
    return value instanceof Seq
        || value instanceof Dict
        || value instanceof Text
        || value instanceof Undefined;
  }

  static int length(Object value) {
    return switch (value) {
      case Text text -> text.length();
      case Dict dict -> dict.size();
      case Undefined undefined -> 0;
      case Seq seq when seq.kind != Seq.Kind.ITERATOR -> seq.items().size();
      case null, default -> throw new Fault("a " + typeName(value) + " has no length");
    };
  }

  static Callable callable(Object value) {
    if (value instanceof Callable callable) {
      return callable;
    }
    if (value instanceof Undefined undefined) {
      throw undefined.fault();
    }
    throw new Fault("a " + typeName(value) + " cannot be called");
  }

  static String name(Object value) {
    if (value instanceof Text text) {
      return text.string();
    }
    throw new Fault("a name must be a string, not " + typeName(value));
  }

  static boolean isInteger(Object value) {
    return value instanceof Long || value instanceof Boolean;
  }

  static boolean isNumber(Object value) {
    return value instanceof Long || value instanceof Double || value instanceof Boolean;
  }

  static long integer(Object value) {
    return switch (value) {
      case Long n -> n;
      case Boolean b -> b ? 1 : 0;
      case Undefined undefined -> throw undefined.fault();
      case null, default ->
          throw new Fault("a " + typeName(value) + " cannot be interpreted as an integer");
    };
  }

  static double number(Object value) {
    return value instanceof Double d ? d : integer(value);
  }

  /** An index, clamped to the range of int. */
  static int clampedIndex(Object value, String name) {
    if (!isInteger(value)) {
      throw new Fault("'" + name + "' must be an integer, not " + typeName(value));
    }
    return Math.clamp(integer(value), Integer.MIN_VALUE, Integer.MAX_VALUE);
  }
}
