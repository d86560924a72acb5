package dev.tangram.engine.prompt;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.function.UnaryOperator;

/** The filters that walk sequences. */
final class SequenceFilters {
  private SequenceFilters() {}

  /** The filter of a name, or null. */
  static Callable find(String name) {
    return switch (name) {
      case "length", "count" -> (r, a) -> (long) Values.length(a.first());
      case "list" -> (r, a) -> Seq.list(Values.elements(a.first(), r));
      case "first" -> SequenceFilters::first;
      case "last" -> SequenceFilters::last;
      case "join" -> SequenceFilters::join;
      case "items" -> SequenceFilters::items;
      case "dictsort" -> SequenceFilters::dictSort;
      case "map" -> SequenceFilters::map;
      case "select" -> (r, a) -> select(r, a, true, false);
      case "reject" -> (r, a) -> select(r, a, false, false);
      case "selectattr" -> (r, a) -> select(r, a, true, true);
      case "rejectattr" -> (r, a) -> select(r, a, false, true);
      case "unique" -> SequenceFilters::unique;
      case "sort" -> SequenceFilters::sort;
      case "reverse" -> SequenceFilters::reverse;
      case "min" -> (r, a) -> extreme(r, a, -1);
      case "max" -> (r, a) -> extreme(r, a, 1);
      case "sum" -> SequenceFilters::sum;
      case "batch" -> SequenceFilters::batch;
      default -> null;
    };
  }

  private static Object first(Rendering r, Arguments a) {
    List<Object> elements = Values.elements(a.first(), r);
    return elements.isEmpty()
        ? new Undefined("there is no first item: the sequence is empty")
        : elements.get(0);
  }

  private static Object last(Rendering r, Arguments a) {
    if (a.first() instanceof Seq seq && seq.kind == Seq.Kind.ITERATOR) {
      throw new Fault("a generator has no last item: make a list of it first");
    }
    List<Object> elements = Values.elements(a.first(), r);
    return elements.isEmpty()
        ? new Undefined("there is no last item: the sequence is empty")
        : elements.get(elements.size() - 1);
  }

  private static Object join(Rendering r, Arguments a) {
    a.only("join", "value", "d", "attribute");
    Text separator = Shown.text(a.get(1, "d", Text.EMPTY), r);
    UnaryOperator<Object> key = key(a.get(2, "attribute", null), false, r);
    TextBuilder out = new TextBuilder(r.budget);
    boolean first = true;
    for (Object element : Values.elements(a.first(), r)) {
      r.budget.step();
      if (!first) {
        out.append(separator);
      }
      Shown.print(key.apply(element), out, r);
      first = false;
    }
    return out.toText();
  }

  private static Object items(Rendering r, Arguments a) {
    if (a.first() instanceof Undefined) {
      return Seq.iterator(List.of());
    }
    return Seq.iterator(dict("items", a.first(), r).items());
  }

  private static Dict dict(String filter, Object value, Rendering r) {
    if (value instanceof Undefined undefined) {
      throw undefined.fault();
    }
    if (value instanceof Dict dict) {
      r.budget.steps(dict.size());
      return dict;
    }
    throw new Fault(filter + " needs a mapping, not " + Values.typeName(value));
  }

  private static Object dictSort(Rendering r, Arguments a) {
    a.only("dictsort", "value", "case_sensitive", "by", "reverse");
    String by = a.has(2, "by") ? a.text(2, "by").string() : "key";
    if (!by.equals("key") && !by.equals("value")) {
      throw new Fault("dictsort sorts by key or value, not by '" + by + "'");
    }
    List<Object> items = dict("dictsort", a.first(), r).items();
    UnaryOperator<Object> folded = key(null, !a.flag(1, "case_sensitive", false), r);
    UnaryOperator<Object> key =
        pair -> folded.apply(((Seq) pair).items().get(by.equals("key") ? 0 : 1));
    return Seq.list(sorted(items, key, a.flag(3, "reverse", false), r));
  }

  private static Object sort(Rendering r, Arguments a) {
    a.only("sort", "value", "reverse", "case_sensitive", "attribute");
    UnaryOperator<Object> key =
        key(a.get(3, "attribute", null), !a.flag(2, "case_sensitive", false), r);
    return Seq.list(sorted(Values.elements(a.first(), r), key, a.flag(1, "reverse", false), r));
  }

  private static List<Object> sorted(
      List<Object> elements, UnaryOperator<Object> key, boolean reverse, Rendering r) {
    List<Object[]> keyed = new ArrayList<>(elements.size());
    for (Object element : elements) {
      r.budget.step();
      keyed.add(new Object[] {key.apply(element), element});
    }
    Comparator<Object[]> order =
        (x, y) -> {
          r.budget.step();
          return Arithmetic.order(x[0], y[0], r);
        };
    keyed.sort(reverse ? order.reversed() : order);
    List<Object> result = new ArrayList<>(keyed.size());
    keyed.forEach(pair -> result.add(pair[1]));
    return result;
  }

  /** What elements are compared by. */
  private static UnaryOperator<Object> key(Object attribute, boolean folded, Rendering r) {
    List<Object> path = attribute == null ? List.of() : Filters.path(attribute);
    return element -> {
      Object value = Filters.follow(element, path, null, r);
      return folded && value instanceof Text text ? TextMethods.lower(text, r) : value;
    };
  }

  private static Object map(Rendering r, Arguments a) {
    if (!Values.isTrue(a.first())) {
      return Seq.iterator(List.of());
    }
    List<Object> mapped = new ArrayList<>();
    if (a.count() == 1 && a.named().containsKey("attribute")) {
      List<Object> path = Filters.path(a.named().get("attribute"));
      for (Object element : Values.elements(a.first(), r)) {
        mapped.add(Filters.follow(element, path, a.named().get("default"), r));
      }
      return Seq.iterator(mapped);
    }
    String name = a.text(1, "filter").string();
    Callable filter = Filters.find(name);
    if (filter == null) {
      throw new Fault("there is no filter named '" + name + "'");
    }
    for (Object element : Values.elements(a.first(), r)) {
      r.budget.enter();
      mapped.add(filter.call(r, a.rest(2, element)));
      r.budget.leave();
    }
    return Seq.iterator(mapped);
  }

  private static Object select(Rendering r, Arguments a, boolean wanted, boolean byAttribute) {
    if (!Values.isTrue(a.first())) {
      return Seq.iterator(List.of());
    }
    List<Object> path = byAttribute ? Filters.path(a.required(1, "attribute")) : List.of();
    int place = byAttribute ? 2 : 1;
    Callable test = null;
    if (a.count() > place) {
      String name = a.text(place, "test").string();
      test = Tests.find(name);
      if (test == null) {
        throw new Fault("there is no test named '" + name + "'");
      }
    }
    List<Object> selected = new ArrayList<>();
    for (Object element : Values.elements(a.first(), r)) {
      r.budget.step();
      Object value = Filters.follow(element, path, null, r);
      Object answer = test == null ? value : test.call(r, a.rest(place + 1, value));
      if (Values.isTrue(answer) == wanted) {
        selected.add(element);
      }
    }
    return Seq.iterator(selected);
  }

  private static Object unique(Rendering r, Arguments a) {
    a.only("unique", "value", "case_sensitive", "attribute");
    UnaryOperator<Object> key =
        key(a.get(2, "attribute", null), !a.flag(1, "case_sensitive", false), r);
    Dict seen = new Dict();
    List<Object> unique = new ArrayList<>();
    for (Object element : Values.elements(a.first(), r)) {
      r.budget.step();
      Object by = key.apply(element);
      if (!seen.has(by)) {
        seen.put(by, true);
        unique.add(element);
      }
    }
    return Seq.iterator(unique);
  }

  private static Object reverse(Rendering r, Arguments a) {
    if (a.first() instanceof Text text) {
      return Slices.slice(text, null, null, -1L, r);
    }
    if (a.first() instanceof Seq seq && seq.kind == Seq.Kind.ITERATOR) {
      throw new Fault("a generator cannot be reversed: make a list of it first");
    }
    List<Object> elements = new ArrayList<>(Values.elements(a.first(), r));
    r.budget.steps(elements.size());
    Collections.reverse(elements);
    return Seq.iterator(elements);
  }

  private static Object extreme(Rendering r, Arguments a, int sign) {
    a.only("min and max", "value", "case_sensitive", "attribute");
    UnaryOperator<Object> key =
        key(a.get(2, "attribute", null), !a.flag(1, "case_sensitive", false), r);
    List<Object> elements = Values.elements(a.first(), r);
    if (elements.isEmpty()) {
      return new Undefined("an empty sequence has no smallest and no largest item");
    }
    Object best = elements.get(0);
    for (Object element : elements.subList(1, elements.size())) {
      r.budget.step();
      if (Arithmetic.order(key.apply(element), key.apply(best), r) * sign > 0) {
        best = element;
      }
    }
    return best;
  }

  private static Object sum(Rendering r, Arguments a) {
    a.only("sum", "iterable", "attribute", "start");
    UnaryOperator<Object> key = key(a.get(1, "attribute", null), false, r);
    Object total = a.get(2, "start", 0L);
    for (Object element : Values.elements(a.first(), r)) {
      r.budget.step();
      total = Arithmetic.binary("+", total, key.apply(element), r);
    }
    return total;
  }

  private static Object batch(Rendering r, Arguments a) {
    a.only("batch", "value", "linecount", "fill_with");
    int count = Math.max(1, Values.clampedIndex(a.required(1, "linecount"), "linecount"));
    Object fill = a.get(2, "fill_with", null);
    List<Object> batches = new ArrayList<>();
    List<Object> batch = new ArrayList<>();
    for (Object element : Values.elements(a.first(), r)) {
      r.budget.step();
      if (batch.size() == count) {
        batches.add(Seq.list(batch));
        batch = new ArrayList<>();
      }
      batch.add(element);
    }
    if (!batch.isEmpty()) {
      while (fill != null && batch.size() < count) {
        r.budget.step();
        batch.add(fill);
      }
      batches.add(Seq.list(batch));
    }
    return Seq.iterator(batches);
  }
}
