package dev.tangram.fleet.file;

import java.util.List;
import java.util.Map;

/** One value of a YAML or JSON file and the line it begins on, from 1. */
public sealed interface Node {
  int line();

  /** What a message calls it. */
  String found();

  /**
   * A word, number or null, as written.
   *
   * @param isNull true for an empty value or {@code null} without quotes
   */
  record Scalar(String text, boolean isNull, int line) implements Node {
    @Override
    public String found() {
      return isNull ? "nothing" : '"' + text + '"';
    }
  }

  /** Items in order. */
  record Sequence(List<Node> items, int line) implements Node {
    public Sequence {
      items = List.copyOf(items);
    }

    @Override
    public String found() {
      return "a list";
    }
  }

  /** Fields in order; the line of a field is that of its name. */
  record Mapping(Map<String, Field> fields, int line) implements Node {
    @Override
    public String found() {
      return "a group of fields";
    }
  }

  /** A name, where it stands, and its value. */
  record Field(int line, Node value) {}
}
