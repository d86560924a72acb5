package dev.tangram.engine.token;

import java.util.BitSet;
import java.util.Objects;

/**
 * Text in which every UTF-16 unit is either trusted (written by the template) or not (written by a
 * user). A control token is recognised only where all of its characters are trusted, so message
 * text can never become one.
 */
public final class MarkedText {
  private final String text;
  private final BitSet trusted;

  /**
   * @param trusted bit i is set if the UTF-16 unit i of {@code text} is trusted; not copied
   */
  public MarkedText(String text, BitSet trusted) {
    this.text = Objects.requireNonNull(text);
    this.trusted = Objects.requireNonNull(trusted);
  }

  /** Text of a user: nothing in it is a control token. */
  public static MarkedText plain(String text) {
    return new MarkedText(text, new BitSet());
  }

  /** Text of the operator or a template: control tokens are recognised everywhere. */
  public static MarkedText trusted(String text) {
    BitSet all = new BitSet(text.length());
    all.set(0, text.length());
    return new MarkedText(text, all);
  }

  public String text() {
    return text;
  }

  /** True if every unit in [from, to) is trusted. Cost: one step per unit. */
  public boolean isTrusted(int from, int to) {
    // Not nextClearBit: it looks past the end, as far as the trust goes.
    for (int i = from; i < to; i++) {
      if (!trusted.get(i)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String toString() {
    return text;
  }
}
