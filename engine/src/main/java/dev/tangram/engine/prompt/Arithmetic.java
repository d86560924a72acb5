package dev.tangram.engine.prompt;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Python's operators. Integers have 64 bits: what does not fit is refused. */
final class Arithmetic {
  private Arithmetic() {}

  static Object binary(String operator, Object a, Object b, Rendering r) {
    defined(a);
    defined(b);
    if (Values.isNumber(a) && Values.isNumber(b)) {
      if (a instanceof Double || b instanceof Double) {
        return onFloats(operator, Values.number(a), Values.number(b));
      }
      try {
        return onIntegers(operator, Values.integer(a), Values.integer(b));
      } catch (ArithmeticException e) {
        throw new Fault("the result of '" + operator + "' is not a 64-bit integer");
      }
    }
    switch (operator) {
      case "+" -> {
        if (a instanceof Text x && b instanceof Text y) {
          return new TextBuilder(r.budget).append(x).append(y).toText();
        }
        if (a instanceof Seq x && b instanceof Seq y && x.kind == y.kind && isPlain(x)) {
          r.budget.steps(x.items().size() + y.items().size());
          List<Object> all = new ArrayList<>(x.items());
          all.addAll(y.items());
          return new Seq(x.kind, all);
        }
      }
      case "*" -> {
        if (Values.isInteger(b) && (a instanceof Text || a instanceof Seq)) {
          return repeat(a, Values.integer(b), r);
        }
        if (Values.isInteger(a) && (b instanceof Text || b instanceof Seq)) {
          return repeat(b, Values.integer(a), r);
        }
      }
      case "%" -> {
        if (a instanceof Text format) {
          return PercentFormat.format(format, b, r);
        }
      }
      default -> {}
    }
    throw new Fault(
        "unsupported operand types for " + operator + ": '" + Values.typeName(a) + "' and '" + Values.typeName(b) + "'");
  }

  private static boolean isPlain(Seq seq) {
    return seq.kind == Seq.Kind.LIST || seq.kind == Seq.Kind.TUPLE;
  }

  private static void defined(Object value) {
    if (value instanceof Undefined undefined) {
      throw undefined.fault();
    }
  }

  private static Object repeat(Object value, long times, Rendering r) {
    long count = Math.max(0, times);
    if (value instanceof Text text) {
      if (text.isEmpty()) {
        return text;
      }
      r.budget.size(saturated(text.units(), count));
      TextBuilder out = new TextBuilder(r.budget);
      for (long i = 0; i < count; i++) {
        out.append(text);
        r.budget.step();
      }
      return out.toText();
    }
    Seq seq = (Seq) value;
    if (!isPlain(seq)) {
      throw new Fault("a " + Values.typeName(seq) + " cannot be repeated");
    }
    r.budget.steps(saturated(seq.items().size(), count));
    List<Object> all = new ArrayList<>();
    for (long i = 0; i < count && !seq.items().isEmpty(); i++) {
      all.addAll(seq.items());
    }
    return new Seq(seq.kind, all);
  }

  private static long saturated(long a, long b) {
    return a == 0 ? 0 : b > (1L << 40) / a ? 1L << 40 : a * b;
  }

  private static Object onIntegers(String operator, long a, long b) {
    return switch (operator) {
      case "+" -> Math.addExact(a, b);
      case "-" -> Math.subtractExact(a, b);
      case "*" -> Math.multiplyExact(a, b);
      case "/" -> (double) a / nonZero(b);
      case "//" -> a == Long.MIN_VALUE && b == -1 ? Math.negateExact(a) : Math.floorDiv(a, nonZero(b));
      case "%" -> Math.floorMod(a, nonZero(b));
      case "**" -> b < 0 ? (Object) power((double) a, (double) b) : (Object) power(a, b);
      default -> throw new Fault("unknown operator " + operator);
    };
  }

  private static long nonZero(long b) {
    if (b == 0) {
      throw new Fault("division by zero");
    }
    return b;
  }

  private static long power(long base, long exponent) {
    if (base == 0 || base == 1 || base == -1) {
      return exponent == 0 ? 1 : base == -1 && exponent % 2 == 0 ? 1 : base;
    }
    long result = 1;
    for (long i = 0; i < exponent; i++) {
      result = Math.multiplyExact(result, base); // at most 63 rounds before it overflows
    }
    return result;
  }

  private static double power(double a, double b) {
    if (a == 0 && b < 0) {
      throw new Fault("0.0 cannot be raised to a negative power");
    }
    double result = Math.pow(a, b);
    if (Double.isNaN(result) && !Double.isNaN(a) && !Double.isNaN(b)) {
      throw new Fault("a negative number cannot be raised to a fraction");
    }
    if (Double.isInfinite(result) && !Double.isInfinite(a) && !Double.isInfinite(b)) {
      throw new Fault("the result of '**' is too large");
    }
    return result;
  }

  private static Object onFloats(String operator, double a, double b) {
    switch (operator) {
      case "+":
        return a + b;
      case "-":
        return a - b;
      case "*":
        return a * b;
      case "**":
        return power(a, b);
      default:
        break;
    }
    if (b == 0) {
      throw new Fault("division by zero");
    }
    double remainder = a % b;
    if (remainder != 0 && (remainder < 0) != (b < 0)) {
      remainder += b;
    }
    return switch (operator) {
      case "/" -> a / b;
      case "//" -> Math.floor(a / b);
      case "%" -> remainder == 0 ? Math.copySign(0.0, b) : remainder;
      default -> throw new Fault("unknown operator " + operator);
    };
  }

  static Object sign(boolean negative, Object value) {
    defined(value);
    if (value instanceof Double d) {
      return negative ? -d : d;
    }
    long n = Values.integer(value);
    if (negative && n == Long.MIN_VALUE) {
      throw new Fault("the result of '-' is not a 64-bit integer");
    }
    return negative ? -n : n;
  }

  static boolean compare(String operator, Object a, Object b, Rendering r) {
    return switch (operator) {
      case "==" -> equal(a, b, r);
      case "!=" -> !equal(a, b, r);
      case "<" -> order(a, b, r) < 0;
      case "<=" -> order(a, b, r) <= 0;
      case ">" -> order(a, b, r) > 0;
      case ">=" -> order(a, b, r) >= 0;
      case "in" -> contains(b, a, r);
      case "not in" -> !contains(b, a, r);
      default -> throw new Fault("unknown operator " + operator);
    };
  }

  static boolean equal(Object a, Object b, Rendering r) {
    if (a == b) {
      return !(a instanceof Double d && d.isNaN());
    }
    if (a == null || b == null) {
      return false;
    }
    if (a instanceof Text x && b instanceof Text y) {
      r.budget.characters(x.units() == y.units() ? x.units() : 0);
      return x.equals(y);
    }
    if (Values.isNumber(a) && Values.isNumber(b)) {
      return a instanceof Double || b instanceof Double
          ? Values.number(a) == Values.number(b)
          : Values.integer(a) == Values.integer(b);
    }
    if (a instanceof Undefined && b instanceof Undefined) {
      return true;
    }
    if (!(a instanceof Seq && b instanceof Seq) && !(a instanceof Dict && b instanceof Dict)) {
      return false;
    }
    r.budget.enter();
    boolean equal = a instanceof Seq x ? equalSequences(x, (Seq) b, r) : equalDicts((Dict) a, (Dict) b, r);
    r.budget.leave();
    return equal;
  }

  private static boolean equalSequences(Seq a, Seq b, Rendering r) {
    if (a.kind != b.kind || a.kind == Seq.Kind.ITERATOR || a.items().size() != b.items().size()) {
      return false;
    }
    for (int i = 0; i < a.items().size(); i++) {
      r.budget.step();
      if (!equal(a.items().get(i), b.items().get(i), r)) {
        return false;
      }
    }
    return true;
  }

  private static boolean equalDicts(Dict a, Dict b, Rendering r) {
    if (a.size() != b.size()) {
      return false;
    }
    for (Map.Entry<Object, Object> entry : a.entries().entrySet()) {
      r.budget.step();
      if (!b.has(entry.getKey()) || !equal(entry.getValue(), b.get(entry.getKey()), r)) {
        return false;
      }
    }
    return true;
  }

  /** Python's order, for numbers, strings and sequences of one kind. NaN has no place in it. */
  static int order(Object a, Object b, Rendering r) {
    defined(a);
    defined(b);
    if (Values.isNumber(a) && Values.isNumber(b)) {
      return compareNumbers(a, b, r);
    }
    if (a instanceof Text x && b instanceof Text y) {
      r.budget.characters(Math.min(x.units(), y.units()));
      return Characters.compare(x.string(), y.string());
    }
    if (a instanceof Seq x && b instanceof Seq y && x.kind == y.kind && isPlain(x)) {
      r.budget.enter();
      int length = Math.min(x.items().size(), y.items().size());
      int order = Integer.compare(x.items().size(), y.items().size());
      for (int i = 0; i < length; i++) {
        r.budget.step();
        if (!equal(x.items().get(i), y.items().get(i), r)) {
          order = order(x.items().get(i), y.items().get(i), r);
          break;
        }
      }
      r.budget.leave();
      return order;
    }
    throw new Fault("a " + Values.typeName(a) + " and a " + Values.typeName(b) + " have no order");
  }

  private static int compareNumbers(Object a, Object b, Rendering r) {
    if (a instanceof Double || b instanceof Double) {
      double x = Values.number(a);
      double y = Values.number(b);
      if (Double.isNaN(x) || Double.isNaN(y)) {
        throw new Fault("NaN has no order");
      }
      if (Double.isInfinite(x) || Double.isInfinite(y) || (a instanceof Double && b instanceof Double)) {
        return x < y ? -1 : x > y ? 1 : 0;
      }
      r.budget.steps(10);
      return exact(a).compareTo(exact(b)); // a long and a double: rounding one would break the order
    }
    return Long.compare(Values.integer(a), Values.integer(b));
  }

  private static BigDecimal exact(Object number) {
    return number instanceof Double d ? new BigDecimal(d) : BigDecimal.valueOf(Values.integer(number));
  }

  static boolean contains(Object container, Object value, Rendering r) {
    return switch (container) {
      case Text text -> {
        defined(value);
        if (!(value instanceof Text part)) {
          throw new Fault("'in <string>' needs a string on its left, not " + Values.typeName(value));
        }
        r.budget.search(text.units() + part.units());
        yield Search.first(text.string(), part.string(), 0) >= 0;
      }
      case Dict dict -> dict.has(value);
      case null, default -> {
        boolean found = false;
        for (Object element : Values.elements(container, r)) {
          r.budget.step();
          if (equal(element, value, r)) {
            found = true;
            break;
          }
        }
        yield found;
      }
    };
  }
}
