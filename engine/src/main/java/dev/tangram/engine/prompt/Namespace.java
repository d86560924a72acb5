package dev.tangram.engine.prompt;

import java.util.LinkedHashMap;
import java.util.Map;

/** {@code namespace(...)}: the one value whose attributes a template can set. */
final class Namespace {
  final Map<String, Object> attributes = new LinkedHashMap<>();

  void set(String name, Object value) {
    if (name.startsWith("_")) {
      throw new Fault("a namespace cannot hold '" + name + "': the name starts with an underscore");
    }
    attributes.put(name, value);
  }
}
