package dev.tangram.engine.prompt;

import java.util.List;

/** What an assignment or a loop writes to. */
sealed interface Target {
  void assign(Object value, Rendering r, Scope scope);

  record Variable(String name) implements Target {
    @Override
    public void assign(Object value, Rendering r, Scope scope) {
      scope.set(name, value);
    }
  }

  /** {@code ns.name}; only namespaces can be written to. */
  record Member(String namespace, String name) implements Target {
    @Override
    public void assign(Object value, Rendering r, Scope scope) {
      if (!(scope.lookUp(namespace, r.budget) instanceof Namespace of)) {
        throw new Fault("cannot assign attribute '" + name + "' on '" + namespace + "': it is no namespace");
      }
      of.set(name, value);
    }
  }

  record Several(List<Target> targets) implements Target {
    @Override
    public void assign(Object value, Rendering r, Scope scope) {
      List<Object> elements = Values.elements(value, r);
      if (elements.size() != targets.size()) {
        throw new Fault("cannot unpack " + elements.size() + " values into " + targets.size() + " names");
      }
      for (int i = 0; i < targets.size(); i++) {
        targets.get(i).assign(elements.get(i), r, scope);
      }
    }
  }
}
