package dev.tangram.engine.prompt;

import java.util.HashMap;
import java.util.Map;

/** Names in one block, and the block around it. */
final class Scope {
  private final Scope outer;
  private final Map<String, Object> names = new HashMap<>(8);

  private final int depth;

  Scope(Scope outer) {
    this.outer = outer;
    this.depth = outer == null ? 0 : outer.depth + 1;
  }

  void set(String name, Object value) {
    names.put(name, value);
  }

  Object lookUp(String name, Budget budget) {
    budget.steps(depth / 4);
    for (Scope scope = this; scope != null; scope = scope.outer) {
      Object value = scope.names.get(name);
      if (value != null || scope.names.containsKey(name)) {
        return value;
      }
    }
    Object global = Globals.ALL.get(name);
    return global != null ? global : Undefined.name(name);
  }
}
