package dev.tangram.engine.prompt;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * An ordered dictionary. Keys are texts, numbers, booleans or none. Unchanged once a template can
 * see it.
 */
final class Dict {
  private final Map<Object, Object> entries = new LinkedHashMap<>();

  void put(Object key, Object value) {
    entries.put(hashable(key), value);
  }

  boolean has(Object key) {
    return entries.containsKey(hashable(key));
  }

  /** The value, or null also if there is none: ask {@link #has}. */
  Object get(Object key) {
    return entries.get(hashable(key));
  }

  int size() {
    return entries.size();
  }

  Map<Object, Object> entries() {
    return entries;
  }

  void forEach(BiConsumer<Object, Object> action) {
    entries.forEach(action);
  }

  List<Object> keys() {
    return new ArrayList<>(entries.keySet());
  }

  List<Object> values() {
    return new ArrayList<>(entries.values());
  }

  List<Object> items() {
    List<Object> items = new ArrayList<>(entries.size());
    entries.forEach((key, value) -> items.add(Seq.tuple(key, value)));
    return items;
  }

  private static Object hashable(Object key) {
    if (key instanceof Double d && d == Math.rint(d) && Math.abs(d) < 1e18) {
      return d.longValue(); // 1 and 1.0 are one key in Python
    }
    if (key == null || key instanceof Text || key instanceof Number || key instanceof Boolean) {
      return key;
    }
    throw new Fault("a " + Values.typeName(key) + " cannot be a key");
  }
}
