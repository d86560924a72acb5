package dev.tangram.engine.prompt;

import java.util.List;
import java.util.Map;

/** Something a template can call. */
interface Callable {
  Object call(List<Object> positional, Map<String, Object> named);
}
