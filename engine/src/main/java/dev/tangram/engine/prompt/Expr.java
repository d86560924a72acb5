package dev.tangram.engine.prompt;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An expression. Every evaluation passes {@link #value}, which pays for it and guards the stack. */
abstract class Expr {
  abstract Object run(Rendering r, Scope scope);

  final Object value(Rendering r, Scope scope) {
    r.budget.enter();
    Object value = run(r, scope);
    r.budget.leave(); // not reached on a fault: a fault ends the rendering
    return value;
  }

  static List<Object> values(List<Expr> expressions, Rendering r, Scope scope) {
    List<Object> values = new ArrayList<>(expressions.size());
    for (Expr expression : expressions) {
      values.add(expression.value(r, scope));
    }
    return values;
  }

  static final class Constant extends Expr {
    final Object constant;

    Constant(Object constant) {
      this.constant = constant;
    }

    @Override
    Object run(Rendering r, Scope scope) {
      return constant;
    }
  }

  static final class Name extends Expr {
    final String name;

    Name(String name) {
      this.name = name;
    }

    @Override
    Object run(Rendering r, Scope scope) {
      return scope.lookUp(name, r.budget);
    }
  }

  /** A list or tuple literal. */
  static final class Elements extends Expr {
    final List<Expr> elements;
    final Seq.Kind kind;

    Elements(List<Expr> elements, Seq.Kind kind) {
      this.elements = elements;
      this.kind = kind;
    }

    @Override
    Object run(Rendering r, Scope scope) {
      return new Seq(kind, values(elements, r, scope));
    }
  }

  static final class DictLiteral extends Expr {
    private final List<Expr> keys;
    private final List<Expr> values;

    DictLiteral(List<Expr> keys, List<Expr> values) {
      this.keys = keys;
      this.values = values;
    }

    @Override
    Object run(Rendering r, Scope scope) {
      Dict dict = new Dict();
      for (int i = 0; i < keys.size(); i++) {
        dict.put(keys.get(i).value(r, scope), values.get(i).value(r, scope));
      }
      return dict;
    }
  }

  /** {@code object.name} */
  static final class Attribute extends Expr {
    final Expr object;
    final Text name;

    Attribute(Expr object, String name) {
      this.object = object;
      this.name = Text.trusted(name);
    }

    @Override
    Object run(Rendering r, Scope scope) {
      return Attributes.attribute(object.value(r, scope), name, r);
    }
  }

  /** {@code object[key]} */
  static final class Item extends Expr {
    private final Expr object;
    private final Expr key;

    Item(Expr object, Expr key) {
      this.object = object;
      this.key = key;
    }

    @Override
    Object run(Rendering r, Scope scope) {
      Object of = object.value(r, scope);
      return Attributes.item(of, key.value(r, scope), r);
    }
  }

  /** {@code object[from:to:step]}; absent parts are null. */
  static final class Slice extends Expr {
    private final Expr object;
    private final Expr[] parts;

    Slice(Expr object, Expr[] parts) {
      this.object = object;
      this.parts = parts;
    }

    @Override
    Object run(Rendering r, Scope scope) {
      Object of = object.value(r, scope);
      Object[] bounds = new Object[3];
      for (int i = 0; i < 3; i++) {
        bounds[i] = parts[i] == null ? null : parts[i].value(r, scope);
      }
      return Slices.slice(of, bounds[0], bounds[1], bounds[2], r);
    }
  }

  static final class Call extends Expr {
    private final Expr callee;
    private final CallArguments arguments;

    Call(Expr callee, CallArguments arguments) {
      this.callee = callee;
      this.arguments = arguments;
    }

    @Override
    Object run(Rendering r, Scope scope) {
      Object function = callee.value(r, scope);
      Arguments values = arguments.values(r, scope, null);
      return Values.callable(function).call(r, values);
    }
  }

  /** The arguments of a call as written. */
  record CallArguments(List<Expr> positional, Map<String, Expr> named, Expr star, Expr doubleStar) {
    static final CallArguments NONE = new CallArguments(List.of(), Map.of(), null, null);

    /** @param first what a filter or test is applied to; null for a plain call */
    Arguments values(Rendering r, Scope scope, Expr first) {
      List<Object> list = new ArrayList<>(positional.size() + 1);
      if (first != null) {
        list.add(first.value(r, scope));
      }
      for (Expr expression : positional) {
        list.add(expression.value(r, scope));
      }
      if (star != null) {
        list.addAll(Values.elements(star.value(r, scope), r));
      }
      if (named.isEmpty() && doubleStar == null) {
        return new Arguments(list, Map.of());
      }
      Map<String, Object> byName = new LinkedHashMap<>();
      named.forEach((name, expression) -> byName.put(name, expression.value(r, scope)));
      if (doubleStar != null) {
        if (!(doubleStar.value(r, scope) instanceof Dict dict)) {
          throw new Fault("the argument after ** must be a mapping");
        }
        dict.forEach((key, value) -> byName.put(Values.name(key), value));
      }
      return new Arguments(list, byName);
    }
  }

  /** A filter, or a test that has no operator form. */
  static final class Apply extends Expr {
    private final Callable function;
    private final Expr operand;
    private final CallArguments arguments;

    Apply(Callable function, Expr operand, CallArguments arguments) {
      this.function = function;
      this.operand = operand;
      this.arguments = arguments;
    }

    @Override
    Object run(Rendering r, Scope scope) {
      return function.call(r, arguments.values(r, scope, operand));
    }
  }

  static final class Binary extends Expr {
    private final String operator;
    private final Expr left;
    private final Expr right;

    Binary(String operator, Expr left, Expr right) {
      this.operator = operator;
      this.left = left;
      this.right = right;
    }

    @Override
    Object run(Rendering r, Scope scope) {
      Object a = left.value(r, scope);
      return Arithmetic.binary(operator, a, right.value(r, scope), r);
    }
  }

  static final class Sign extends Expr {
    private final boolean negative;
    private final Expr operand;

    Sign(boolean negative, Expr operand) {
      this.negative = negative;
      this.operand = operand;
    }

    @Override
    Object run(Rendering r, Scope scope) {
      return Arithmetic.sign(negative, operand.value(r, scope));
    }
  }

  /** {@code a ~ b ~ c} */
  static final class Concat extends Expr {
    private final List<Expr> parts;

    Concat(List<Expr> parts) {
      this.parts = parts;
    }

    @Override
    Object run(Rendering r, Scope scope) {
      TextBuilder out = new TextBuilder(r.budget);
      for (Expr part : parts) {
        Shown.print(part.value(r, scope), out, r);
      }
      return out.toText();
    }
  }

  /** {@code and}, {@code or}: the deciding operand itself, as in Python. */
  static final class Logic extends Expr {
    private final boolean and;
    private final Expr left;
    private final Expr right;

    Logic(boolean and, Expr left, Expr right) {
      this.and = and;
      this.left = left;
      this.right = right;
    }

    @Override
    Object run(Rendering r, Scope scope) {
      Object a = left.value(r, scope);
      return Values.isTrue(a) == and ? right.value(r, scope) : a;
    }
  }

  static final class Not extends Expr {
    private final Expr operand;

    Not(Expr operand) {
      this.operand = operand;
    }

    @Override
    Object run(Rendering r, Scope scope) {
      return !Values.isTrue(operand.value(r, scope));
    }
  }

  /** {@code a < b < c}: every neighbouring pair must hold. */
  static final class Comparison extends Expr {
    private final Expr first;
    private final List<String> operators;
    private final List<Expr> others;

    Comparison(Expr first, List<String> operators, List<Expr> others) {
      this.first = first;
      this.operators = operators;
      this.others = others;
    }

    @Override
    Object run(Rendering r, Scope scope) {
      Object left = first.value(r, scope);
      for (int i = 0; i < others.size(); i++) {
        Object right = others.get(i).value(r, scope);
        if (!Arithmetic.compare(operators.get(i), left, right, r)) {
          return false;
        }
        left = right;
      }
      return true;
    }
  }

  /** {@code a if condition else b}; without else, undefined. */
  static final class Conditional extends Expr {
    private final Expr condition;
    private final Expr then;
    private final Expr otherwise;

    Conditional(Expr condition, Expr then, Expr otherwise) {
      this.condition = condition;
      this.then = then;
      this.otherwise = otherwise;
    }

    @Override
    Object run(Rendering r, Scope scope) {
      if (Values.isTrue(condition.value(r, scope))) {
        return then.value(r, scope);
      }
      return otherwise == null
          ? new Undefined("the inline if-expression was false and has no else")
          : otherwise.value(r, scope);
    }
  }
}
