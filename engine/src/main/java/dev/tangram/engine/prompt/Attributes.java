package dev.tangram.engine.prompt;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code object.name} and {@code object[key]}, in Jinja's order: a method first for the dot, an item for brackets. */
final class Attributes {
  private static final Set<String> MUTATORS =
      Set.of("append", "clear", "extend", "insert", "pop", "popitem", "remove", "reverse", "setdefault", "sort", "update");

  private Attributes() {}

  static Object attribute(Object object, Text name, Rendering r) {
    if (object instanceof Undefined undefined) {
      throw undefined.fault();
    }
    if (object instanceof Namespace || object instanceof Loop) {
      return field(object, name, r);
    }
    Object member = member(object, name.string());
    if (member != null) {
      return member;
    }
    return object instanceof Dict dict && dict.has(name) ? dict.get(name) : missing(object, name, r);
  }

  static Object item(Object object, Object key, Rendering r) {
    switch (object) {
      case Undefined undefined -> throw undefined.fault();
      case Dict dict when key == null || key instanceof Text || Values.isNumber(key) -> {
        if (dict.has(key)) {
          return dict.get(key);
        }
      }
      case Seq seq when seq.isIndexed() && Values.isInteger(key) -> {
        long index = Values.integer(key);
        int length = seq.items().size();
        long place = index < 0 ? index + length : index;
        if (place >= 0 && place < length) {
          return seq.items().get((int) place);
        }
      }
      case Text text when Values.isInteger(key) -> {
        long index = Values.integer(key);
        if (text.length() != text.units()) {
          r.budget.search(text.units());
        }
        long place = index < 0 ? index + text.length() : index;
        if (place >= 0 && place < text.length()) {
          return text.slice((int) place, (int) place + 1);
        }
      }
      case null, default -> {}
    }
    if (key instanceof Text name) {
      if (object instanceof Namespace || object instanceof Loop) {
        return field(object, name, r);
      }
      Object member = member(object, name.string());
      if (member != null) {
        return member;
      }
    }
    return missing(object, key, r);
  }

  private static Object field(Object object, Text name, Rendering r) {
    if (object instanceof Loop loop) {
      return loop.attribute(name.string());
    }
    Map<String, Object> fields = ((Namespace) object).attributes;
    return fields.containsKey(name.string()) ? fields.get(name.string()) : missing(object, name, r);
  }

  private static Undefined missing(Object object, Object key, Rendering r) {
    String name = key instanceof Text text && text.units() <= 100 ? text.string() : Values.typeName(key);
    return new Undefined("'" + Values.typeName(object) + " object' has no attribute '" + name + "'");
  }

  /** A method or field of a value, or null. */
  private static Object member(Object object, String name) {
    return switch (object) {
      case Text text -> TextMethods.of(text, name);
      case Dict dict -> ofDict(dict, name);
      case Seq seq -> ofSequence(seq, name);
      case Macro macro -> name.equals("name") ? Text.trusted(macro.signature().name()) : null;
      case null, default -> null;
    };
  }

  private static Object ofDict(Dict dict, String name) {
    if (MUTATORS.contains(name)) {
      return refused(name, "dict");
    }
    return switch (name) {
      case "items" -> (Callable) (r, a) -> view(dict, dict.items(), "dict_items", a.only(name), r);
      case "keys" -> (Callable) (r, a) -> view(dict, dict.keys(), "dict_keys", a.only(name), r);
      case "values" -> (Callable) (r, a) -> view(dict, dict.values(), "dict_values", a.only(name), r);
      case "get" -> (Callable) (r, a) -> {
        Object key = a.only(name, "key", "default").required(0, "key");
        return dict.has(key) ? dict.get(key) : a.get(1, "default", null);
      };
      case "copy" -> (Callable) (r, a) -> dict;
      default -> null;
    };
  }

  private static Seq view(Dict dict, List<Object> items, String shown, Arguments checked, Rendering r) {
    r.budget.steps(dict.size());
    return new Seq(Seq.Kind.VIEW, items, shown);
  }

  private static Object ofSequence(Seq seq, String name) {
    if (seq.kind == Seq.Kind.LIST && MUTATORS.contains(name)) {
      return refused(name, "list");
    }
    if (!seq.isIndexed()) {
      return null;
    }
    return switch (name) {
      case "index" -> (Callable) (r, a) -> {
        for (int i = 0; i < seq.items().size(); i++) {
          r.budget.step();
          if (Arithmetic.equal(seq.items().get(i), a.first(), r)) {
            return (long) i;
          }
        }
        throw new Fault("the value is not in the list");
      };
      case "count" -> (Callable) (r, a) -> {
        long count = 0;
        for (Object item : seq.items()) {
          r.budget.step();
          count += Arithmetic.equal(item, a.first(), r) ? 1 : 0;
        }
        return count;
      };
      case "copy" -> seq.kind == Seq.Kind.LIST ? (Callable) (r, a) -> seq : null;
      default -> null;
    };
  }

  private static Callable refused(String name, String type) {
    return (r, a) -> {
      throw new Fault("access to attribute '" + name + "' of '" + type + "' object is unsafe: templates change nothing");
    };
  }

  /** For dictionaries made by {@code dict(...)}. */
  static Dict dict(Arguments arguments, Rendering r) {
    Dict dict = new Dict();
    if (arguments.count() > 0) {
      if (arguments.count() > 1) {
        throw new Fault("dict takes one argument by place, not " + arguments.count());
      }
      if (arguments.first() instanceof Dict from) {
        r.budget.steps(from.size());
        from.forEach(dict::put);
      } else {
        for (Object pair : Values.elements(arguments.first(), r)) {
          List<Object> two = Values.elements(pair, r);
          if (two.size() != 2) {
            throw new Fault("dict needs pairs");
          }
          dict.put(two.get(0), two.get(1));
        }
      }
    }
    for (Map.Entry<String, Object> entry : arguments.named().entrySet()) {
      dict.put(Text.trusted(entry.getKey()), entry.getValue());
    }
    return dict;
  }
}
