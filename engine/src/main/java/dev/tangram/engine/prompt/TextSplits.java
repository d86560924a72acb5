package dev.tangram.engine.prompt;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The methods of strings that take them apart. */
final class TextSplits {
  private TextSplits() {}

  static Object split(Text text, Arguments arguments, Rendering r) {
    arguments.only("split", "sep", "maxsplit");
    int most = arguments.integer(1, "maxsplit", -1);
    Text separator = separator(arguments.get(0, "sep", null));
    r.budget.search(text.units());
    return Seq.list(separator == null ? words(text, most, r) : pieces(text, separator, most, r));
  }

  static Object rsplit(Text text, Arguments arguments, Rendering r) {
    arguments.only("rsplit", "sep", "maxsplit");
    int most = arguments.integer(1, "maxsplit", -1);
    Text separator = separator(arguments.get(0, "sep", null));
    r.budget.search(text.units());
    return Seq.list(separator == null ? lastWords(text, most, r) : lastPieces(text, separator, most, r));
  }

  private static Text separator(Object value) {
    if (value == null) {
      return null;
    }
    if (!(value instanceof Text separator)) {
      throw new Fault("split needs a string or None, not " + Values.typeName(value));
    }
    if (separator.isEmpty()) {
      throw new Fault("split was given an empty separator");
    }
    return separator;
  }

  private static List<Object> pieces(Text text, Text separator, int most, Rendering r) {
    List<Object> pieces = new ArrayList<>();
    String string = text.string();
    int from = 0;
    for (int i = Search.first(string, separator.string(), 0);
        i >= 0 && (most < 0 || pieces.size() < most);
        i = Search.first(string, separator.string(), from)) {
      add(pieces, text, from, i, r);
      from = i + separator.units();
    }
    add(pieces, text, from, string.length(), r);
    return pieces;
  }

  private static List<Object> lastPieces(Text text, Text separator, int most, Rendering r) {
    List<Object> pieces = new ArrayList<>();
    String string = text.string();
    int to = string.length();
    while (most < 0 || pieces.size() < most) {
      int i = to < separator.units() ? -1 : Search.last(string, separator.string(), to - separator.units());
      if (i < 0) {
        break;
      }
      add(pieces, text, i + separator.units(), to, r);
      to = i;
    }
    add(pieces, text, 0, to, r);
    Collections.reverse(pieces);
    return pieces;
  }

  private static List<Object> words(Text text, int most, Rendering r) {
    List<Object> words = new ArrayList<>();
    String string = text.string();
    int from = Characters.skipSpace(string, 0);
    while (from < string.length()) {
      if (most >= 0 && words.size() == most) {
        add(words, text, from, string.length(), r);
        break;
      }
      int to = from;
      while (to < string.length() && !Characters.isSpace(string.charAt(to))) {
        to++;
      }
      add(words, text, from, to, r);
      from = Characters.skipSpace(string, to);
    }
    return words;
  }

  private static List<Object> lastWords(Text text, int most, Rendering r) {
    List<Object> words = new ArrayList<>();
    String string = text.string();
    int to = Characters.stripRight(string).length();
    while (to > 0) {
      if (most >= 0 && words.size() == most) {
        add(words, text, 0, to, r);
        break;
      }
      int from = to;
      while (from > 0 && !Characters.isSpace(string.charAt(from - 1))) {
        from--;
      }
      add(words, text, from, to, r);
      to = from;
      while (to > 0 && Characters.isSpace(string.charAt(to - 1))) {
        to--;
      }
    }
    Collections.reverse(words);
    return words;
  }

  static Object lines(Text text, Arguments arguments, Rendering r) {
    boolean keep = arguments.only("splitlines", "keepends").flag(0, "keepends", false);
    List<Object> lines = new ArrayList<>();
    String string = text.string();
    int from = 0;
    while (from < string.length()) {
      int to = from;
      while (to < string.length() && !Characters.isLineBreak(string.charAt(to))) {
        to++;
      }
      int next = Math.min(to + 1, string.length());
      if (string.startsWith("\r\n", to)) {
        next = to + 2;
      }
      add(lines, text, from, keep ? next : to, r);
      from = next;
    }
    return Seq.list(lines);
  }

  static Object partition(Text text, Text separator, boolean last, Rendering r) {
    if (separator.isEmpty()) {
      throw new Fault("partition was given an empty separator");
    }
    r.budget.search(text.units());
    String string = text.string();
    int i = last ? Search.last(string, separator.string(), string.length()) : Search.first(string, separator.string(), 0);
    if (i < 0) {
      return last ? Seq.tuple(Text.EMPTY, Text.EMPTY, text) : Seq.tuple(text, Text.EMPTY, Text.EMPTY);
    }
    return Seq.tuple(text.unitSlice(0, i), separator, text.unitSlice(i + separator.units(), string.length()));
  }

  private static void add(List<Object> pieces, Text text, int from, int to, Rendering r) {
    r.budget.step();
    r.budget.characters(to - from);
    pieces.add(text.unitSlice(from, to));
  }
}
