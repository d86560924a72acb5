package dev.tangram.engine.token;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Ends a text at the first stop string, however the text is cut into deltas. Text that may be the
 * beginning of a stop string is held back until that is decided. The stop string that is complete
 * first wins, of those complete at the same character the longest; neither it nor anything after it
 * is given out.
 *
 * <p>Cost: time linear in the text times the number of stop strings; memory bounded by the longest.
 * Threads: one generation owns it.
 */
public final class StopMatcher {
  /** One stop string and how much of it the end of the text matches (Knuth, Morris, Pratt). */
  private static final class Pattern {
    final String text;
    final int[] fallback;
    int matched;

    Pattern(String text) {
      this.text = text;
      this.fallback = new int[text.length()];
      for (int i = 1, border = 0; i < text.length(); i++) {
        while (border > 0 && text.charAt(i) != text.charAt(border)) {
          border = fallback[border - 1];
        }
        if (text.charAt(i) == text.charAt(border)) {
          border++;
        }
        fallback[i] = border;
      }
    }

    boolean completes(char c) {
      while (matched > 0 && text.charAt(matched) != c) {
        matched = fallback[matched - 1];
      }
      if (text.charAt(matched) == c) {
        matched++;
      }
      return matched == text.length();
    }
  }

  private final List<Pattern> patterns = new ArrayList<>();
  private final StringBuilder held = new StringBuilder();
  private String stop;

  /**
   * @param stops may be empty: then nothing is ever held back
   * @throws IllegalArgumentException if one is empty or has a surrogate without its partner
   */
  public StopMatcher(Collection<String> stops) {
    for (String each : stops) {
      if (each.isEmpty()) {
        throw new IllegalArgumentException(
            "stop: found an empty string, allowed: 1 character or more");
      }
      if (each.codePoints().anyMatch(c -> c >= 0xD800 && c <= 0xDFFF)) {
        throw new IllegalArgumentException(
            "stop: found a surrogate without its partner, allowed: well-formed text");
      }
      patterns.add(new Pattern(each));
    }
  }

  /**
   * Adds text.
   *
   * @return what can be shown now; empty once a stop string was found
   */
  public String feed(String delta) {
    if (stop != null) {
      return "";
    }
    if (patterns.isEmpty()) {
      return delta;
    }
    for (int i = 0; i < delta.length(); i++) {
      held.append(delta.charAt(i));
      String found = advance(delta.charAt(i));
      if (found != null) {
        stop = found;
        held.setLength(held.length() - found.length());
        return take(held.length());
      }
    }
    int keep = 0;
    for (Pattern pattern : patterns) {
      keep = Math.max(keep, pattern.matched);
    }
    return take(held.length() - keep);
  }

  /** The longest stop string that is complete with this character, or null. */
  private String advance(char c) {
    String found = null;
    for (Pattern pattern : patterns) {
      if (pattern.completes(c) && (found == null || pattern.text.length() > found.length())) {
        found = pattern.text;
      }
    }
    return found;
  }

  private String take(int length) {
    String shown = held.substring(0, length);
    held.delete(0, length);
    return shown;
  }

  /** The stop string that was found. */
  public Optional<String> found() {
    return Optional.ofNullable(stop);
  }

  /** Ends the text: what was held back and turned out to be no stop string. */
  public String finish() {
    return take(held.length());
  }
}
