package dev.tangram.engine.prompt;

import java.util.function.Predicate;

/** Jinja's tests by name: what may stand behind {@code is}. */
final class Tests {
  private Tests() {}

  /** The test of a name, or null. */
  static Callable find(String name) {
    return switch (name) {
      case "defined" -> kind(name, value -> !(value instanceof Undefined));
      case "undefined" -> kind(name, value -> value instanceof Undefined);
      case "none" -> kind(name, value -> value == null);
      case "boolean" -> kind(name, value -> value instanceof Boolean);
      case "true" -> kind(name, value -> value instanceof Boolean b && b);
      case "false" -> kind(name, value -> value instanceof Boolean b && !b);
      case "integer" -> kind(name, value -> value instanceof Long);
      case "float" -> kind(name, value -> value instanceof Double);
      case "number" -> kind(name, Values::isNumber);
      case "string" -> kind(name, value -> value instanceof Text);
      case "mapping" -> kind(name, value -> value instanceof Dict);
      case "iterable" -> kind(name, Values::isIterable);
      case "sequence" -> kind(name, Tests::isSequence);
      case "callable" -> kind(name, value -> value instanceof Callable);
      case "escaped" -> kind(name, value -> false);
      case "even" -> (r, a) -> remainder(a, 2L, r, 0L);
      case "odd" -> (r, a) -> remainder(a, 2L, r, 1L);
      case "divisibleby" -> (r, a) -> remainder(a, a.required(1, "num"), r, 0L);
      case "sameas" ->
          (r, a) ->
              Arithmetic.equal(a.first(), a.required(1, "other"), r)
                  && Values.typeName(a.first()).equals(Values.typeName(a.required(1, "other")));
      case "lower" -> (r, a) -> isCase("islower", a, r);
      case "upper" -> (r, a) -> isCase("isupper", a, r);
      case "filter" ->
          (r, a) -> a.first() instanceof Text other && Filters.find(other.string()) != null;
      case "test" -> (r, a) -> a.first() instanceof Text other && find(other.string()) != null;
      case "==", "eq", "equalto" -> comparison("==");
      case "!=", "ne" -> comparison("!=");
      case "<", "lt", "lessthan" -> comparison("<");
      case "<=", "le" -> comparison("<=");
      case ">", "gt", "greaterthan" -> comparison(">");
      case ">=", "ge" -> comparison(">=");
      case "in" -> comparison("in");
      default -> null;
    };
  }

  private static Callable kind(String name, Predicate<Object> test) {
    return (r, a) -> test.test(a.only(name, "value").first());
  }

  private static Callable comparison(String operator) {
    return (r, a) -> Arithmetic.compare(operator, a.first(), a.required(1, "other"), r);
  }

  private static Object remainder(Arguments a, Object divisor, Rendering r, long expected) {
    return Arithmetic.equal(Arithmetic.binary("%", a.first(), divisor, r), expected, r);
  }

  private static Object isCase(String method, Arguments a, Rendering r) {
    return Values.isTrue(TextMethods.of(Shown.text(a.first(), r), method).call(r, Arguments.of()));
  }

  private static boolean isSequence(Object value) {
    return value instanceof Text
        || value instanceof Dict
        || value instanceof Undefined
        || (value instanceof Seq seq && seq.isIndexed());
  }
}
