package dev.tangram.engine.prompt;

import java.util.HashMap;
import java.util.Map;

/** Names in one block, and the block around it. */
final class Scope {
  private final Scope outer;
  private final Map<String, Object> names = new HashMap<>(8);

  Scope(Scope outer) {
    this.outer = outer;
  }

  void set(String name, Object value) {
    names.put(name, value);
  }

  Object lookUp(String name) {
    for (Scope scope = this; scope != null; scope = scope.outer) {
      Object value = scope.names.get(name);
      if (value != null || scope.names.containsKey(name)) {
        return value;
      }
    }
    Object global = Globals.ALL.get(name);
    return global != null ? global : new Undefined("'" + name + "' is undefined");
  }
}
