package dev.tangram.engine.prompt;

import dev.tangram.engine.token.MarkedText;
import java.util.BitSet;

/** Text under construction. Every character appended is paid for in the rendering's fuel. */
final class TextBuilder {
  private final Budget budget;
  private final StringBuilder characters = new StringBuilder();
  private final BitSet trusted = new BitSet();

  TextBuilder(Budget budget) {
    this.budget = budget;
  }

  int units() {
    return characters.length();
  }

  TextBuilder append(Text text) {
    return append(text, 0, text.units());
  }

  /** Appends UTF-16 units [from, to) of a text. */
  TextBuilder append(Text text, int from, int to) {
    int length = to - from;
    int start = characters.length();
    budget.characters(length);
    budget.size((long) start + length);
    characters.append(text.string(), from, to);
    if (text.isUniform()) {
      if (length > 0 && text.isTrusted(from)) {
        trusted.set(start, start + length);
      }
    } else {
      BitSet mask = text.mask();
      for (int on = mask.nextSetBit(from); on >= 0 && on < to; ) {
        int off = Math.min(mask.nextClearBit(on), to);
        trusted.set(start + on - from, start + off - from);
        on = mask.nextSetBit(off);
      }
    }
    return this;
  }

  /** Appends characters that the template's author did not write: digits, brackets, quotes. */
  TextBuilder append(String untrusted) {
    budget.characters(untrusted.length());
    budget.size((long) characters.length() + untrusted.length());
    characters.append(untrusted);
    return this;
  }

  TextBuilder append(String string, boolean trust) {
    int start = characters.length();
    append(string);
    if (trust) {
      trusted.set(start, characters.length());
    }
    return this;
  }

  Text toText() {
    return Text.mixed(characters.toString(), trusted);
  }

  MarkedText toMarkedText() {
    return new MarkedText(characters.toString(), trusted);
  }
}
