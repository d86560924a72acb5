package dev.tangram.engine.prompt;

import java.util.ArrayList;
import java.util.List;

/** Python's slices. */
final class Slices {
  private Slices() {}

  /** {@code value[from:to:step]}; what cannot be sliced gives undefined, as Jinja's item access does. */
  static Object slice(Object value, Object from, Object to, Object step, Rendering r) {
    if (value instanceof Undefined undefined) {
      throw undefined.fault();
    }
    boolean indexed = value instanceof Text || (value instanceof Seq seq && seq.isIndexed());
    if (!indexed || !isBound(from) || !isBound(to) || !isBound(step)) {
      return new Undefined("a " + Values.typeName(value) + " cannot be sliced like that");
    }
    int length = Values.length(value);
    int stride = step == null ? 1 : Values.clampedIndex(step, "step");
    if (stride == 0) {
      throw new Fault("the step of a slice must not be zero");
    }
    int first = stride > 0 ? 0 : length - 1;
    int end = stride > 0 ? length : -1;
    int start = from == null ? first : bound(Values.clampedIndex(from, "start"), length, stride);
    int stop = to == null ? end : bound(Values.clampedIndex(to, "stop"), length, stride);
    if (value instanceof Text text) {
      return ofText(text, start, stop, stride, r);
    }
    Seq seq = (Seq) value;
    List<Object> items = new ArrayList<>();
    for (long i = start; stride > 0 ? i < stop : i > stop; i += stride) {
      r.budget.step();
      items.add(seq.items().get((int) i));
    }
    return new Seq(seq.kind == Seq.Kind.RANGE ? Seq.Kind.LIST : seq.kind, items);
  }

  private static boolean isBound(Object bound) {
    return bound == null || Values.isInteger(bound);
  }

  private static int bound(int index, int length, int stride) {
    int lowest = stride > 0 ? 0 : -1;
    int highest = stride > 0 ? length : length - 1;
    long absolute = index < 0 ? (long) index + length : index;
    return Math.clamp(absolute, lowest, Math.max(lowest, highest));
  }

  private static Text ofText(Text text, int start, int stop, int stride, Rendering r) {
    if (stride == 1) {
      r.budget.characters(Math.max(0, stop - start));
      if (text.length() != text.units()) {
        r.budget.search(2L * text.units());
      }
      return start < stop ? text.slice(start, stop) : Text.EMPTY;
    }
    List<Object> characters = Values.elements(text, r);
    TextBuilder out = new TextBuilder(r.budget);
    for (long i = start; stride > 0 ? i < stop : i > stop; i += stride) {
      out.append((Text) characters.get((int) i));
      r.budget.step();
    }
    return out.toText();
  }
}
