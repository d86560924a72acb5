package dev.tangram.engine.prompt;

import java.util.List;

/**
 * A sequence of values: list, tuple, range, dictionary view or iterator. Never changed after it is
 * made, except that an iterator is used up by walking it.
 */
final class Seq {
  enum Kind {
    LIST("list"),
    TUPLE("tuple"),
    RANGE("range"),
    VIEW("dict_items"),
    ITERATOR("generator");

    final String typeName;

    Kind(String typeName) {
      this.typeName = typeName;
    }
  }

  final Kind kind;
  private List<Object> items;
  private final String shown;

  Seq(Kind kind, List<Object> items) {
    this(kind, items, "");
  }

  /**
   * @param shown how a range, or in front of the brackets a view, prints
   */
  Seq(Kind kind, List<Object> items, String shown) {
    this.kind = kind;
    this.items = items;
    this.shown = shown;
  }

  static Seq list(List<Object> items) {
    return new Seq(Kind.LIST, items);
  }

  static Seq tuple(Object... items) {
    return new Seq(Kind.TUPLE, java.util.Arrays.asList(items));
  }

  static Seq iterator(List<Object> items) {
    return new Seq(Kind.ITERATOR, items);
  }

  String shown() {
    return shown;
  }

  /** The elements; an iterator has none the next time. */
  List<Object> walk() {
    List<Object> result = items;
    if (kind == Kind.ITERATOR) {
      items = List.of();
    }
    return result;
  }

  /** The elements of anything but an iterator. */
  List<Object> items() {
    return items;
  }

  /** Whether it has a length and elements by index. */
  boolean isIndexed() {
    return kind == Kind.LIST || kind == Kind.TUPLE || kind == Kind.RANGE;
  }
}
