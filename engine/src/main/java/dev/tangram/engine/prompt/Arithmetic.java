package dev.tangram.engine.prompt;

import java.util.ArrayList;
import java.util.List;

/** Operators on two values. */
final class Arithmetic {
  private Arithmetic() {}

  static Object apply(String operator, Object a, Object b, Fuel fuel) {
    try {
      return switch (operator) {
        case "~" -> concatenate(Values.str(a, fuel), Values.str(b, fuel), fuel);
        case "+" -> plus(a, b, fuel);
        case "*" -> times(a, b, fuel);
        case "%" -> a instanceof Text format ? Formats.percent(format, b, fuel) : modulo(a, b);
        case "-" -> integers(a, b) ? (Object) Math.subtractExact(Values.integer(a), Values.integer(b)) : (Object) (Values.number(a) - Values.number(b));
        case "/" -> Values.number(a) / divisor(Values.number(b));
        case "//" -> integers(a, b)
            ? (Object) Math.floorDiv(Values.integer(a), Values.integer(b))
            : (Object) Math.floor(Values.number(a) / divisor(Values.number(b)));
        case "**" -> power(a, b);
        default -> throw new TemplateException("the operator " + operator);
      };
    } catch (ArithmeticException e) {
      throw new TemplateException("the chat template calculates beyond 64 bits or divides by zero");
    }
  }

  private static double divisor(double value) {
    if (value == 0) {
      throw new ArithmeticException();
    }
    return value;
  }

  private static boolean integers(Object a, Object b) {
    return !(a instanceof Double) && !(b instanceof Double);
  }

  static Text concatenate(Text a, Text b, Fuel fuel) {
    fuel.size((long) a.length() + b.length());
    return a.plus(b);
  }

  private static Object plus(Object a, Object b, Fuel fuel) {
    if (a instanceof Text x && b instanceof Text y) {
      return concatenate(x, y, fuel);
    }
    if (a instanceof List<?> x && b instanceof List<?> y) {
      fuel.size(64L * (x.size() + y.size()));
      List<Object> both = new ArrayList<>(x);
      both.addAll(y);
      return both;
    }
    if (Values.isNumber(a) && Values.isNumber(b)) {
      return integers(a, b) ? (Object) Math.addExact(Values.integer(a), Values.integer(b)) : (Object) (Values.number(a) + Values.number(b));
    }
    throw Values.wrong(a instanceof Text ? "a string to add to a string" : "two values that can be added", a instanceof Text || Values.isNumber(a) ? b : a);
  }

  private static Object times(Object a, Object b, Fuel fuel) {
    if (b instanceof Text || b instanceof List<?>) {
      return times(b, a, fuel);
    }
    if (a instanceof Text text) {
      long count = Math.max(0, Values.integer(b));
      fuel.size(Math.multiplyExact(count, Math.max(1, text.length())));
      Text.Builder repeated = new Text.Builder();
      for (long i = 0; i < count; i++) {
        repeated.add(text);
      }
      return repeated.build();
    }
    if (a instanceof List<?> list) {
      long count = Math.max(0, Values.integer(b));
      fuel.size(Math.multiplyExact(count, 64L * Math.max(1, list.size())));
      List<Object> repeated = new ArrayList<>();
      for (long i = 0; i < count; i++) {
        repeated.addAll(list);
      }
      return repeated;
    }
    return integers(a, b) ? (Object) Math.multiplyExact(Values.integer(a), Values.integer(b)) : (Object) (Values.number(a) * Values.number(b));
  }

  private static Object modulo(Object a, Object b) {
    if (integers(a, b)) {
      return Math.floorMod(Values.integer(a), Values.integer(b));
    }
    double y = divisor(Values.number(b));
    double x = Values.number(a);
    return x - y * Math.floor(x / y);
  }

  private static Object power(Object a, Object b) {
    if (integers(a, b) && Values.integer(b) >= 0) {
      long base = Values.integer(a);
      long exponent = Values.integer(b);
      if (base == 0 || base == 1 || base == -1) {
        return exponent == 0 ? 1L : base == -1 && exponent % 2 == 0 ? 1L : base;
      }
      long result = 1;
      for (long i = 0; i < exponent; i++) {
        // Overflows, and so ends, within 63 rounds.
        result = Math.multiplyExact(result, base);
      }
      return result;
    }
    return Math.pow(Values.number(a), Values.number(b));
  }
}
