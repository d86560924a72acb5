package dev.tangram.engine.prompt;

import java.util.ArrayList;
import java.util.List;

/** A statement: writes to the rendering's output and says how control goes on. */
abstract class Stmt {
  enum Flow {
    ON,
    BREAK,
    CONTINUE
  }

  final int line;

  Stmt(int line) {
    this.line = line;
  }

  abstract Flow run(Rendering r, Scope scope);

  static Flow runAll(List<Stmt> body, Rendering r, Scope scope) {
    for (Stmt statement : body) {
      r.line = statement.line;
      r.budget.enter();
      Flow flow = statement.run(r, scope);
      r.budget.leave();
      if (flow != Flow.ON) {
        return flow;
      }
    }
    return Flow.ON;
  }

  /** Runs a body with its output caught. */
  static Text capture(List<Stmt> body, Rendering r, Scope scope) {
    TextBuilder outer = r.out;
    r.out = new TextBuilder(r.budget);
    runAll(body, r, scope);
    Text text = r.out.toText();
    r.out = outer;
    return text;
  }

  static final class Data extends Stmt {
    private final Text text;

    Data(String text, int line) {
      super(line);
      this.text = Text.trusted(text);
    }

    @Override
    Flow run(Rendering r, Scope scope) {
      r.out.append(text);
      return Flow.ON;
    }
  }

  static final class Print extends Stmt {
    private final Expr expression;

    Print(Expr expression, int line) {
      super(line);
      this.expression = expression;
    }

    @Override
    Flow run(Rendering r, Scope scope) {
      Shown.print(expression.value(r, scope), r.out, r);
      return Flow.ON;
    }
  }

  static final class If extends Stmt {
    private final List<Expr> conditions;
    private final List<List<Stmt>> bodies;
    private final List<Stmt> otherwise;

    If(List<Expr> conditions, List<List<Stmt>> bodies, List<Stmt> otherwise, int line) {
      super(line);
      this.conditions = conditions;
      this.bodies = bodies;
      this.otherwise = otherwise;
    }

    @Override
    Flow run(Rendering r, Scope scope) {
      for (int i = 0; i < conditions.size(); i++) {
        if (Values.isTrue(conditions.get(i).value(r, scope))) {
          return runAll(bodies.get(i), r, scope);
        }
      }
      return runAll(otherwise, r, scope);
    }
  }

  static final class For extends Stmt {
    private final Target target;
    private final Expr iterable;
    private final Expr condition; // null: all
    private final List<Stmt> body;
    private final List<Stmt> otherwise;
    private final boolean recursive;

    For(
        Target target,
        Expr iterable,
        Expr condition,
        List<Stmt> body,
        List<Stmt> otherwise,
        boolean recursive,
        int line) {
      super(line);
      this.target = target;
      this.iterable = iterable;
      this.condition = condition;
      this.body = body;
      this.otherwise = otherwise;
      this.recursive = recursive;
    }

    @Override
    Flow run(Rendering r, Scope scope) {
      return walk(iterable.value(r, scope), 1, r, scope);
    }

    /** {@code loop(children)} in a recursive loop: the whole loop once more, as text. */
    private Text again(Object children, int depth, Rendering r, Scope scope) {
      TextBuilder outer = r.out;
      r.out = new TextBuilder(r.budget);
      r.budget.enter();
      walk(children, depth, r, scope);
      r.budget.leave();
      Text text = r.out.toText();
      r.out = outer;
      return text;
    }

    private Flow walk(Object over, int depth, Rendering r, Scope scope) {
      List<Object> elements = Values.elements(over, r);
      if (condition != null) {
        elements = selected(elements, r, scope);
      }
      Callable again = recursive ? (rr, a) -> again(a.first(), depth + 1, rr, scope) : null;
      Loop loop = new Loop(elements, depth, again);
      for (int i = 0; i < elements.size(); i++) {
        r.budget.step();
        loop.index = i;
        Scope inner = new Scope(scope);
        target.assign(elements.get(i), r, inner);
        inner.set("loop", loop);
        if (runAll(body, r, inner) == Flow.BREAK) {
          break;
        }
      }
      return elements.isEmpty() ? runAll(otherwise, r, new Scope(scope)) : Flow.ON;
    }

    private List<Object> selected(List<Object> elements, Rendering r, Scope scope) {
      List<Object> chosen = new ArrayList<>();
      for (Object element : elements) {
        Scope inner = new Scope(scope);
        target.assign(element, r, inner);
        if (Values.isTrue(condition.value(r, inner))) {
          chosen.add(element);
        }
      }
      return chosen;
    }
  }

  static final class Set extends Stmt {
    private final Target target;
    private final Expr value;

    Set(Target target, Expr value, int line) {
      super(line);
      this.target = target;
      this.value = value;
    }

    @Override
    Flow run(Rendering r, Scope scope) {
      target.assign(value.value(r, scope), r, scope);
      return Flow.ON;
    }
  }

  /**
   * {@code {% set x %}body{% endset %}}, or with no target {@code {% filter f %}body{% endfilter
   * %}}.
   */
  static final class SetBlock extends Stmt {
    private final Target target;
    private final Filtered filtered; // null: the body as it is
    private final List<Stmt> body;

    SetBlock(Target target, Filtered filtered, List<Stmt> body, int line) {
      super(line);
      this.target = target;
      this.filtered = filtered;
      this.body = body;
    }

    @Override
    Flow run(Rendering r, Scope scope) {
      Object text = capture(body, r, new Scope(scope));
      if (filtered != null) {
        Scope inner = new Scope(scope);
        inner.set(Filtered.BODY, text);
        text = filtered.chain.value(r, inner);
      }
      if (target == null) {
        Shown.print(text, r.out, r);
      } else {
        target.assign(text, r, scope);
      }
      return Flow.ON;
    }
  }

  /** Filters applied to a captured body, which they see under a name no template can write. */
  record Filtered(Expr chain) {
    static final String BODY = "<body>";
  }

  /** {@code {% generation %}} and {@code {% with %}}: a body with a scope of its own. */
  static final class Block extends Stmt {
    private final List<Target> targets;
    private final List<Expr> values;
    private final List<Stmt> body;

    Block(List<Target> targets, List<Expr> values, List<Stmt> body, int line) {
      super(line);
      this.targets = targets;
      this.values = values;
      this.body = body;
    }

    @Override
    Flow run(Rendering r, Scope scope) {
      Scope inner = new Scope(scope);
      for (int i = 0; i < targets.size(); i++) {
        targets.get(i).assign(values.get(i).value(r, scope), r, inner);
      }
      return runAll(body, r, inner);
    }
  }

  static final class Jump extends Stmt {
    private final Flow flow;

    Jump(Flow flow, int line) {
      super(line);
      this.flow = flow;
    }

    @Override
    Flow run(Rendering r, Scope scope) {
      return flow;
    }
  }

  static final class MacroDefinition extends Stmt {
    private final Macro.Signature signature;

    MacroDefinition(Macro.Signature signature, int line) {
      super(line);
      this.signature = signature;
    }

    @Override
    Flow run(Rendering r, Scope scope) {
      scope.set(signature.name(), new Macro(signature, scope));
      return Flow.ON;
    }
  }

  /** {@code {% call(x) macro() %}body{% endcall %}} */
  static final class CallBlock extends Stmt {
    private final Macro.Signature caller;
    private final Expr callee;
    private final Expr.CallArguments arguments;

    CallBlock(Macro.Signature caller, Expr callee, Expr.CallArguments arguments, int line) {
      super(line);
      this.caller = caller;
      this.callee = callee;
      this.arguments = arguments;
    }

    @Override
    Flow run(Rendering r, Scope scope) {
      Callable function = Values.callable(callee.value(r, scope));
      Arguments values = arguments.values(r, scope, null);
      Shown.print(function.call(r, values.with("caller", new Macro(caller, scope))), r.out, r);
      return Flow.ON;
    }
  }
}
