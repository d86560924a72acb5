package dev.tangram.engine.prompt;

import java.util.List;

/** The {@code loop} variable; in a recursive loop it can be called. */
final class Loop implements Callable {
  private final List<Object> elements;
  private final int depth;
  private final Callable again; // null: not recursive
  private Object last;
  private boolean hasLast;
  int index;

  Loop(List<Object> elements, int depth, Callable again) {
    this.elements = elements;
    this.depth = depth;
    this.again = again;
  }

  @Override
  public Object call(Rendering r, Arguments arguments) {
    if (again == null) {
      throw new Fault("only a loop marked recursive can be called");
    }
    return again.call(r, arguments);
  }

  /** An attribute, or undefined. */
  Object attribute(String name) {
    int length = elements.size();
    return switch (name) {
      case "index" -> (long) index + 1;
      case "index0" -> (long) index;
      case "revindex" -> (long) length - index;
      case "revindex0" -> (long) length - index - 1;
      case "first" -> index == 0;
      case "last" -> index == length - 1;
      case "length" -> (long) length;
      case "depth" -> (long) depth;
      case "depth0" -> (long) depth - 1;
      case "previtem" ->
          index > 0 ? elements.get(index - 1) : new Undefined("there is no previous item");
      case "nextitem" ->
          index + 1 < length ? elements.get(index + 1) : new Undefined("there is no next item");
      case "cycle" -> (Callable) (r, arguments) -> cycle(arguments);
      case "changed" -> (Callable) this::changed;
      default -> new Undefined("loop has no attribute '" + name + "'");
    };
  }

  private Object cycle(Arguments arguments) {
    if (arguments.count() == 0) {
      throw new Fault("loop.cycle needs something to cycle through");
    }
    return arguments.positional().get(index % arguments.count());
  }

  private Object changed(Rendering r, Arguments arguments) {
    Object now = new Seq(Seq.Kind.TUPLE, arguments.positional());
    boolean changed = !hasLast || !Arithmetic.equal(last, now, r);
    last = now;
    hasLast = true;
    return changed;
  }
}
