package dev.tangram.engine.prompt;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Functions every template has: Jinja's range, dict and namespace, and what transformers adds. */
final class Globals {
  /** The sandbox's own limit of a range. */
  static final int RANGE_MAX = 100_000;

  static final Map<String, Object> ALL =
      Map.of(
          "range", (Callable) Globals::range,
          "dict", (Callable) (r, a) -> Attributes.dict(a, r),
          "namespace", (Callable) Globals::namespace,
          "raise_exception", (Callable) Globals::raise,
          "strftime_now",
              (Callable)
                  (r, a) -> Strftime.format(a.only("strftime_now", "format").text(0, "format"), r));

  private Globals() {}

  private static Object raise(Rendering r, Arguments a) {
    String message =
        Shown.text(a.only("raise_exception", "message").required(0, "message"), r).string();
    throw new Fault(message.length() > 1000 ? message.substring(0, 1000) : message, true);
  }

  private static Object namespace(Rendering r, Arguments a) {
    Namespace namespace = new Namespace();
    Attributes.dict(a, r).forEach((name, value) -> namespace.set(Values.name(name), value));
    return namespace;
  }

  private static Object range(Rendering r, Arguments a) {
    if (a.count() < 1 || a.count() > 3 || !a.named().isEmpty()) {
      throw new Fault("range takes one to three arguments by place");
    }
    long start = a.count() == 1 ? 0 : Values.integer(a.positional().get(0));
    long stop = Values.integer(a.positional().get(a.count() == 1 ? 0 : 1));
    long step = a.count() == 3 ? Values.integer(a.positional().get(2)) : 1;
    if (step == 0) {
      throw new Fault("the step of a range must not be zero");
    }
    if (Math.abs((double) start) > 1e15
        || Math.abs((double) stop) > 1e15
        || Math.abs((double) step) > 1e15) {
      throw new Fault("a range reaches further than the limit of 10^15");
    }
    long length =
        Math.max(
            0, step > 0 ? Math.ceilDiv(stop - start, step) : Math.ceilDiv(start - stop, -step));
    if (length > RANGE_MAX) {
      throw new Fault("a range of " + length + " numbers is more than the limit of " + RANGE_MAX);
    }
    r.budget.steps(length);
    List<Object> numbers = new ArrayList<>((int) length);
    for (long i = 0; i < length; i++) {
      numbers.add(start + i * step);
    }
    String shown = "range(" + start + ", " + stop + (step == 1 ? ")" : ", " + step + ")");
    return new Seq(Seq.Kind.RANGE, numbers, shown);
  }
}
