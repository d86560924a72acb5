package dev.tangram.engine.prompt;

import java.util.List;
import java.util.Map;

/** Values of a call, by place or by name. */
record Arguments(List<Object> positional, Map<String, Object> named, Fuel fuel) {
  boolean has(int index, String name) {
    return index < positional.size() || named.containsKey(name);
  }

  Object value(int index, String name, Object otherwise) {
    if (index < positional.size()) {
      return positional.get(index);
    }
    return named.getOrDefault(name, otherwise);
  }

  Object needed(int index, String name) {
    if (!has(index, name)) {
      throw new TemplateException("the chat template calls something without its argument '%s'".formatted(name));
    }
    return value(index, name, null);
  }

  Text text(int index, String name) {
    return Values.text(needed(index, name));
  }

  String string(int index, String name, String otherwise) {
    Object value = value(index, name, null);
    return value == null ? otherwise : Values.text(value).value();
  }

  long integer(int index, String name, long otherwise) {
    Object value = value(index, name, null);
    return value == null ? otherwise : Values.integer(value);
  }
}
