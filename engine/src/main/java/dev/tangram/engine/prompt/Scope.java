package dev.tangram.engine.prompt;

import java.util.HashMap;
import java.util.Map;

/** Names and their values; a loop or macro sees its parent's and sets its own. */
final class Scope {
  private final Scope parent;
  private final Map<String, Object> values = new HashMap<>();

  Scope(Scope parent) {
    this.parent = parent;
  }

  Object find(String name) {
    for (Scope scope = this; scope != null; scope = scope.parent) {
      if (scope.values.containsKey(name)) {
        return scope.values.get(name);
      }
    }
    return new Undefined(name);
  }

  void set(String name, Object value) {
    values.put(name, value);
  }
}
