package dev.tangram.engine.prompt;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/** Jinja's tests by name: what may stand behind {@code is}. */
final class Tests {
  static final Map<String, Callable> ALL = Map.copyOf(all());

  private Tests() {}

  private static Map<String, Callable> all() {
    Map<String, Callable> all = new HashMap<>();
    kind(all, "defined", value -> !(value instanceof Undefined));
    kind(all, "undefined", value -> value instanceof Undefined);
    kind(all, "none", value -> value == null);
    kind(all, "boolean", value -> value instanceof Boolean);
    kind(all, "true", value -> value instanceof Boolean b && b);
    kind(all, "false", value -> value instanceof Boolean b && !b);
    kind(all, "integer", value -> value instanceof Long);
    kind(all, "float", value -> value instanceof Double);
    kind(all, "number", Values::isNumber);
    kind(all, "string", value -> value instanceof Text);
    kind(all, "mapping", value -> value instanceof Dict);
    kind(all, "iterable", Values::isIterable);
    kind(all, "sequence", Tests::isSequence);
    kind(all, "callable", value -> value instanceof Callable);
    kind(all, "escaped", value -> false);
    all.put("even", (r, a) -> Arithmetic.equal(Arithmetic.binary("%", a.first(), 2L, r), 0L, r));
    all.put("odd", (r, a) -> Arithmetic.equal(Arithmetic.binary("%", a.first(), 2L, r), 1L, r));
    all.put(
        "divisibleby",
        (r, a) ->
            Arithmetic.equal(Arithmetic.binary("%", a.first(), a.required(1, "num"), r), 0L, r));
    all.put(
        "sameas",
        (r, a) ->
            Arithmetic.equal(a.first(), a.required(1, "other"), r)
                && Values.typeName(a.first()).equals(Values.typeName(a.required(1, "other"))));
    all.put(
        "lower",
        (r, a) ->
            Values.isTrue(
                TextMethods.of(Shown.text(a.first(), r), "islower").call(r, Arguments.of())));
    all.put(
        "upper",
        (r, a) ->
            Values.isTrue(
                TextMethods.of(Shown.text(a.first(), r), "isupper").call(r, Arguments.of())));
    all.put(
        "filter",
        (r, a) -> a.first() instanceof Text name && Filters.ALL.containsKey(name.string()));
    all.put(
        "test", (r, a) -> a.first() instanceof Text name && Tests.ALL.containsKey(name.string()));
    comparison(all, "==", "eq", "equalto");
    comparison(all, "!=", "ne");
    comparison(all, "<", "lt", "lessthan");
    comparison(all, "<=", "le");
    comparison(all, ">", "gt", "greaterthan");
    comparison(all, ">=", "ge");
    comparison(all, "in");
    return all;
  }

  private static void kind(Map<String, Callable> all, String name, Predicate<Object> test) {
    all.put(name, (r, a) -> test.test(a.only(name, "value").first()));
  }

  private static void comparison(Map<String, Callable> all, String operator, String... names) {
    Callable test = (r, a) -> Arithmetic.compare(operator, a.first(), a.required(1, "other"), r);
    all.put(operator, test);
    for (String name : names) {
      all.put(name, test);
    }
  }

  private static boolean isSequence(Object value) {
    return value instanceof Text
        || value instanceof Dict
        || value instanceof Undefined
        || (value instanceof Seq seq && seq.isIndexed());
  }
}
