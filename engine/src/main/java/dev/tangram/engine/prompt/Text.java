package dev.tangram.engine.prompt;

import java.util.BitSet;

/**
 * A template string that knows which of its characters the template wrote. Immutable. Compared and hashed by its
 * characters alone: who wrote them never steers a template.
 */
final class Text implements Comparable<Text> {
  static final Text EMPTY = new Text("", new BitSet());

  private final String value;
  private final BitSet trusted;

  private Text(String value, BitSet trusted) {
    this.value = value;
    this.trusted = trusted;
  }

  /** Characters that came with the request. */
  static Text untrusted(String value) {
    return new Text(value, EMPTY == null ? new BitSet() : EMPTY.trusted);
  }

  /** Characters of the template itself. */
  static Text trusted(String value) {
    BitSet all = new BitSet(value.length());
    all.set(0, value.length());
    return new Text(value, all);
  }

  String value() {
    return value;
  }

  BitSet trust() {
    return trusted;
  }

  int length() {
    return value.length();
  }

  boolean isEmpty() {
    return value.isEmpty();
  }

  Text slice(int from, int to) {
    return from == 0 && to == value.length()
        ? this
        : new Text(value.substring(from, to), trusted.get(from, to));
  }

  Text plus(Text other) {
    return new Builder().add(this).add(other).build();
  }

  /** The same characters changed one for one or not: trusted only if all of these were. */
  Text map(String changed) {
    if (changed.equals(value)) {
      return this;
    }
    if (changed.length() == value.length()) {
      return new Text(changed, trusted);
    }
    return trusted.cardinality() == value.length() ? trusted(changed) : untrusted(changed);
  }

  Text strip(String characters, boolean left, boolean right) {
    int from = 0;
    int to = value.length();
    while (left && from < to && strips(characters, value.charAt(from))) {
      from++;
    }
    while (right && to > from && strips(characters, value.charAt(to - 1))) {
      to--;
    }
    return slice(from, to);
  }

  private static boolean strips(String characters, char c) {
    return characters == null ? isSpace(c) : characters.indexOf(c) >= 0;
  }

  /** What Python's str.isspace takes. */
  static boolean isSpace(char c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\u0085';
  }

  @Override
  public int compareTo(Text other) {
    return value.compareTo(other.value);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Text text && value.equals(text.value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  @Override
  public String toString() {
    return value;
  }

  /** Joins texts. */
  static final class Builder {
    private final StringBuilder value = new StringBuilder();
    private final BitSet trusted = new BitSet();

    Builder add(Text text) {
      int at = value.length();
      value.append(text.value);
      for (int from = text.trusted.nextSetBit(0); from >= 0 && from < text.length(); ) {
        int to = text.trusted.nextClearBit(from);
        trusted.set(at + from, at + to);
        from = text.trusted.nextSetBit(to);
      }
      return this;
    }

    int length() {
      return value.length();
    }

    Text build() {
      return new Text(value.toString(), trusted);
    }
  }
}
