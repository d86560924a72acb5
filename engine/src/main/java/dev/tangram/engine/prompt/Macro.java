package dev.tangram.engine.prompt;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A macro bound to the scope it was defined in. */
record Macro(Signature signature, Scope home) implements Callable {
  /**
   * A macro as written.
   *
   * @param defaults of the last parameters
   * @param names every name the body reads; {@code varargs}, {@code kwargs} and {@code caller}
   *     among them let it take more arguments
   */
  record Signature(
      String name,
      List<String> parameters,
      List<Expr> defaults,
      List<Stmt> body,
      Set<String> names) {}

  @Override
  public Object call(Rendering r, Arguments arguments) {
    Scope scope = new Scope(home);
    List<String> parameters = signature.parameters();
    int required = parameters.size() - signature.defaults().size();
    Set<String> unused = new HashSet<>(arguments.named().keySet());
    for (int i = 0; i < parameters.size(); i++) {
      String name = parameters.get(i);
      unused.remove(name);
      Object value;
      if (i < arguments.count()) {
        if (arguments.named().containsKey(name)) {
          throw new Fault(
              "macro '" + signature.name() + "' was given the argument '" + name + "' twice");
        }
        value = arguments.positional().get(i);
      } else if (arguments.named().containsKey(name)) {
        value = arguments.named().get(name);
      } else if (i >= required) {
        value = signature.defaults().get(i - required).value(r, scope);
      } else {
        value = new Undefined("parameter '" + name + "' was not provided");
      }
      scope.set(name, value);
    }
    extras(arguments, unused, scope);
    int line = r.line;
    r.budget.enter();
    Text text = Stmt.capture(signature.body(), r, scope);
    r.budget.leave();
    r.line = line;
    return text;
  }

  private void extras(Arguments arguments, Set<String> unused, Scope scope) {
    if (signature.names().contains("caller") && !signature.parameters().contains("caller")) {
      Object caller = arguments.named().get("caller");
      scope.set("caller", caller != null ? caller : new Undefined("no caller defined"));
      unused.remove("caller");
    }
    if (signature.names().contains("kwargs")) {
      Dict rest = new Dict();
      for (Map.Entry<String, Object> entry : arguments.named().entrySet()) {
        if (unused.contains(entry.getKey())) {
          rest.put(Text.trusted(entry.getKey()), entry.getValue());
        }
      }
      scope.set("kwargs", rest);
    } else if (!unused.isEmpty()) {
      throw new Fault(
          "macro '" + signature.name() + "' has no argument '" + unused.iterator().next() + "'");
    }
    int known = Math.min(signature.parameters().size(), arguments.count());
    if (signature.names().contains("varargs")) {
      List<Object> rest = arguments.positional().subList(known, arguments.count());
      scope.set("varargs", new Seq(Seq.Kind.TUPLE, new ArrayList<>(rest)));
    } else if (arguments.count() > known) {
      throw new Fault("macro '" + signature.name() + "' takes at most " + known + " arguments");
    }
  }
}
