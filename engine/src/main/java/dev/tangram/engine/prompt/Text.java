package dev.tangram.engine.prompt;

import java.util.BitSet;

/**
 * A template's string value: characters that remember who wrote them. Indices and lengths count code points, as Python
 * does; the {@code unit} methods count UTF-16 units. Two texts are equal if their characters are: trust never changes
 * what a template does. Immutable.
 */
final class Text implements Comparable<Text> {
  static final Text EMPTY = new Text("", null, true);

  private final String string;
  private final BitSet mask; // null: every unit has the same trust
  private final boolean uniform;
  private int codePoints = -1; // benign race: every thread computes the same number

  private Text(String string, BitSet mask, boolean uniform) {
    this.string = string;
    this.mask = mask;
    this.uniform = uniform;
  }

  /** Text written by the template. */
  static Text trusted(String string) {
    return new Text(string, null, true);
  }

  /** Text written by anyone else. */
  static Text untrusted(String string) {
    return new Text(string, null, false);
  }

  /** @param mask bit i is set if unit i is trusted; not copied */
  static Text mixed(String string, BitSet mask) {
    int clear = mask.nextClearBit(0);
    if (clear >= string.length()) {
      return trusted(string);
    }
    return mask.isEmpty() ? untrusted(string) : new Text(string, mask, false);
  }

  String string() {
    return string;
  }

  int units() {
    return string.length();
  }

  boolean isEmpty() {
    return string.isEmpty();
  }

  boolean isUniform() {
    return mask == null;
  }

  boolean isTrusted(int unit) {
    return mask == null ? uniform : mask.get(unit);
  }

  BitSet mask() {
    if (mask != null) {
      return mask;
    }
    BitSet all = new BitSet();
    if (uniform) {
      all.set(0, string.length());
    }
    return all;
  }

  /** Length in code points. */
  int length() {
    if (codePoints < 0) {
      codePoints = string.codePointCount(0, string.length());
    }
    return codePoints;
  }

  /** The unit at which code point {@code index} starts. */
  int unitAt(int index) {
    return length() == string.length() ? index : string.offsetByCodePoints(0, index);
  }

  /** Code points [from, to). */
  Text slice(int from, int to) {
    return unitSlice(unitAt(from), unitAt(to));
  }

  /** UTF-16 units [from, to). */
  Text unitSlice(int from, int to) {
    if (from >= to) {
      return EMPTY;
    }
    if (from == 0 && to == string.length()) {
      return this;
    }
    String part = string.substring(from, to);
    return mask == null ? new Text(part, null, uniform) : mixed(part, mask.get(from, to));
  }

  /** Other characters in the same places, for changes of case. */
  Text withCharacters(String other) {
    return mask == null ? new Text(other, null, uniform) : mixed(other, mask);
  }

  /** For hash maps, which fall back on it when many keys share a hash. */
  @Override
  public int compareTo(Text other) {
    return string.compareTo(other.string);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Text text && text.string.equals(string);
  }

  @Override
  public int hashCode() {
    return string.hashCode();
  }

  @Override
  public String toString() {
    return string;
  }
}
