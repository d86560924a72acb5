package dev.tangram.engine.prompt;

import dev.tangram.engine.prompt.Node.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs statements. One rendering each. */
final class Interpreter {
  /** Characters of a rendered prompt. */
  private static final int OUTPUT_MAX = 8 << 20;

  /** How a list of statements ended. */
  private enum Flow {
    ON,
    BREAK,
    CONTINUE
  }

  private final Evaluator evaluator;
  private final Fuel fuel;

  Interpreter(Fuel fuel) {
    this.fuel = fuel;
    this.evaluator = new Evaluator(fuel);
  }

  Text run(List<Statement> statements, Scope scope) {
    Text.Builder out = new Text.Builder();
    body(statements, scope, out);
    return out.build();
  }

  private Flow body(List<Statement> statements, Scope scope, Text.Builder out) {
    for (Statement statement : statements) {
      fuel.step();
      Flow flow = run(statement, scope, out);
      if (flow != Flow.ON) {
        return flow;
      }
    }
    return Flow.ON;
  }

  private Flow run(Statement statement, Scope scope, Text.Builder out) {
    switch (statement) {
      case Node.Data data -> write(data.text(), out);
      case Node.Print print -> write(Values.str(evaluator.value(print.value(), scope), fuel), out);
      case Node.If choice -> {
        for (int i = 0; i < choice.conditions().size(); i++) {
          if (Values.truth(evaluator.value(choice.conditions().get(i), scope))) {
            return body(choice.bodies().get(i), scope, out);
          }
        }
        return body(choice.otherwise(), scope, out);
      }
      case Node.For loop -> loop(loop, scope, out);
      case Node.Set set -> set(set, scope);
      case Node.SetBlock block ->
          scope.set(block.target(), filtered(run(block.body(), new Scope(scope)), block.filters(), scope));
      case Node.FilterBlock block ->
          write(Values.str(filtered(run(block.body(), new Scope(scope)), block.filters(), scope), fuel), out);
      case Node.MacroDefinition macro -> scope.set(macro.name(), macro(macro, scope));
      case Node.Group group -> {
        return body(group.body(), scope, out);
      }
      case Node.Break _ -> {
        return Flow.BREAK;
      }
      case Node.Continue _ -> {
        return Flow.CONTINUE;
      }
    }
    return Flow.ON;
  }

  private void write(Text text, Text.Builder out) {
    fuel.size(text.length());
    if (out.length() + text.length() > OUTPUT_MAX) {
      throw new TemplateException("the chat template writes more than " + OUTPUT_MAX + " characters");
    }
    out.add(text);
  }

  private Object filtered(Object value, List<Node.Filter> filters, Scope scope) {
    for (Node.Filter filter : filters) {
      value = evaluator.filter(filter, value, scope);
    }
    return value;
  }

  private void set(Node.Set set, Scope scope) {
    Object value = evaluator.value(set.value(), scope);
    if (set.namespace() != null) {
      if (!(scope.find(set.namespace()) instanceof Namespace namespace)) {
        throw new TemplateException(
            "chat template, line %d: '%s' is not a namespace".formatted(set.line(), set.namespace()));
      }
      namespace.values().put(set.targets().getFirst(), value);
      return;
    }
    assign(set.targets(), value, scope, set.line());
  }

  private void assign(List<String> targets, Object value, Scope scope, int line) {
    if (targets.size() == 1) {
      scope.set(targets.getFirst(), value);
      return;
    }
    List<?> parts = Values.items(value, fuel);
    if (parts.size() != targets.size()) {
      throw new TemplateException(
          "chat template, line %d: %d values for %d names".formatted(line, parts.size(), targets.size()));
    }
    for (int i = 0; i < targets.size(); i++) {
      scope.set(targets.get(i), parts.get(i));
    }
  }

  private void loop(Node.For loop, Scope scope, Text.Builder out) {
    List<Object> items = new ArrayList<>(Values.items(evaluator.value(loop.items(), scope), fuel));
    fuel.size(64L * items.size());
    if (loop.condition() != null) {
      Scope inner = new Scope(scope);
      items.removeIf(
          item -> {
            assign(loop.targets(), item, inner, loop.line());
            return !Values.truth(evaluator.value(loop.condition(), inner));
          });
    }
    if (items.isEmpty()) {
      body(loop.otherwise(), scope, out);
      return;
    }
    for (int i = 0; i < items.size(); i++) {
      Scope inner = new Scope(scope);
      inner.set("loop", position(items, i));
      assign(loop.targets(), items.get(i), inner, loop.line());
      if (body(loop.body(), inner, out) == Flow.BREAK) {
        return;
      }
    }
  }

  private static Map<String, Object> position(List<Object> items, int i) {
    int size = items.size();
    Map<String, Object> loop = new LinkedHashMap<>();
    loop.put("index", i + 1L);
    loop.put("index0", (long) i);
    loop.put("revindex", (long) size - i);
    loop.put("revindex0", size - i - 1L);
    loop.put("first", i == 0);
    loop.put("last", i == size - 1);
    loop.put("length", (long) size);
    loop.put("depth", 1L);
    loop.put("depth0", 0L);
    loop.put("previtem", i > 0 ? items.get(i - 1) : new Undefined("loop.previtem"));
    loop.put("nextitem", i + 1 < size ? items.get(i + 1) : new Undefined("loop.nextitem"));
    loop.put(
        "cycle",
        (Callable) (positional, named) -> positional.isEmpty() ? null : positional.get(i % positional.size()));
    return loop;
  }

  private Callable macro(Node.MacroDefinition macro, Scope definedIn) {
    return (positional, named) -> {
      Scope scope = new Scope(definedIn);
      if (positional.size() > macro.parameters().size()) {
        throw new TemplateException(
            "the macro '%s' takes %d arguments and gets %d".formatted(macro.name(), macro.parameters().size(), positional.size()));
      }
      for (int i = 0; i < macro.parameters().size(); i++) {
        String parameter = macro.parameters().get(i);
        if (i < positional.size()) {
          scope.set(parameter, positional.get(i));
        } else if (named.containsKey(parameter)) {
          scope.set(parameter, named.get(parameter));
        } else if (macro.defaults().containsKey(parameter)) {
          scope.set(parameter, evaluator.value(macro.defaults().get(parameter), scope));
        } else {
          scope.set(parameter, new Undefined(parameter));
        }
      }
      return run(macro.body(), scope);
    };
  }
}
