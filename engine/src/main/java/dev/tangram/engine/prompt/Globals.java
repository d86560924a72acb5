package dev.tangram.engine.prompt;

import java.time.Clock;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The functions every chat template may call. */
final class Globals {
  private static final int RANGE_MAX = 100_000;

  private Globals() {}

  static Scope scope(Fuel fuel, Clock clock) {
    Scope scope = new Scope(null);
    scope.set("raise_exception", (Callable) (positional, named) -> {
      throw new TemplateException(positional.isEmpty() ? "the chat template refuses" : Values.str(positional.getFirst(), fuel).value());
    });
    scope.set("namespace", (Callable) (positional, named) -> namespace(positional, named));
    scope.set("dict", (Callable) (positional, named) -> new LinkedHashMap<>(named));
    scope.set("range", (Callable) (positional, named) -> range(positional, fuel));
    scope.set("strftime_now", (Callable) (positional, named) ->
        Formats.date(Values.text(new Arguments(positional, named, fuel).needed(0, "format")).value(), LocalDateTime.now(clock)));
    return scope;
  }

  private static Namespace namespace(List<Object> positional, Map<String, Object> named) {
    Map<String, Object> values = new LinkedHashMap<>();
    if (!positional.isEmpty() && positional.getFirst() instanceof Map<?, ?> map) {
      map.forEach((key, value) -> values.put((String) key, value));
    }
    values.putAll(named);
    return new Namespace(values);
  }

  private static List<Object> range(List<Object> arguments, Fuel fuel) {
    long from = arguments.size() < 2 ? 0 : Values.integer(arguments.get(0));
    long to = Values.integer(arguments.get(arguments.size() < 2 ? 0 : 1));
    long step = arguments.size() < 3 ? 1 : Values.integer(arguments.get(2));
    if (step == 0) {
      throw new TemplateException("range: found a step of 0, allowed: any other");
    }
    List<Object> numbers = new ArrayList<>();
    for (long i = from; step > 0 ? i < to : i > to; i += step) {
      fuel.step();
      if (numbers.size() == RANGE_MAX) {
        throw new TemplateException("range: found more than " + RANGE_MAX + " numbers");
      }
      numbers.add(i);
    }
    return numbers;
  }
}
