package dev.tangram.engine.reply;

import java.util.ArrayList;
import java.util.List;

/**
 * Tells reasoning from answer while a reply streams. However the text is cut into pieces, the parts
 * add up to the same.
 *
 * <p>Reasoning opens with {@code <think>} at the start of a line and ends with {@code </think>}; a
 * reply that ends inside is reasoning to its end. The tags belong to neither part, nor does the
 * white space on both sides of reasoning, which templates put there and take away again. All other
 * text stays as it is.
 *
 * <p>Threads: one.
 */
public final class ReplyParser {
  private static final String OPEN = "<think>";
  private static final String CLOSE = "</think>";

  private final boolean thinks;
  private final StringBuilder held = new StringBuilder();
  private boolean inside;
  // White space here is dropped: reasoning has just begun or ended.
  private boolean trimming;
  // Only white space stands between here and the last line break or the start.
  private boolean lineStart = true;

  /** A parser for one reply. */
  public ReplyParser(Thinking thinking) {
    thinks = thinking != Thinking.NONE;
    inside = thinking == Thinking.OPEN;
    trimming = inside;
  }

  /** True while what comes next is reasoning. */
  public boolean inside() {
    return inside;
  }

  /** Takes the next piece; returns what is certain by now. */
  public List<ReplyPart> feed(String text) {
    List<ReplyPart> parts = new ArrayList<>(2);
    if (!thinks) {
      add(parts, ReplyPart.Kind.CONTENT, text);
      return parts;
    }
    held.append(text);
    boolean more = true;
    while (more) {
      more = inside ? reason(parts) : answer(parts);
    }
    return parts;
  }

  /** The reply has ended: what was held back. */
  public List<ReplyPart> finish() {
    List<ReplyPart> parts = new ArrayList<>(1);
    if (inside) {
      trimStart();
      add(parts, ReplyPart.Kind.REASONING, held.toString().stripTrailing());
    } else {
      add(parts, ReplyPart.Kind.CONTENT, trimming ? held.toString().strip() : held.toString());
    }
    held.setLength(0);
    return parts;
  }

  /** Hands reasoning on; true if it ended and something may follow. */
  private boolean reason(List<ReplyPart> parts) {
    trimStart();
    int close = held.indexOf(CLOSE);
    if (close >= 0) {
      add(parts, ReplyPart.Kind.REASONING, held.substring(0, close).stripTrailing());
      held.delete(0, close + CLOSE.length());
      inside = false;
      trimming = true;
      lineStart = true;
      return true;
    }
    int sure = endOfText(held.length() - partial(CLOSE));
    add(parts, ReplyPart.Kind.REASONING, held.substring(0, sure));
    held.delete(0, sure);
    return false;
  }

  /** Hands the answer on; true if reasoning began and something may follow. */
  private boolean answer(List<ReplyPart> parts) {
    trimStart();
    int line = 0;
    while (true) {
      // [line, word): white space at a line's start; word: where a tag could stand.
      int word = line;
      while (lineStart && word < held.length() && Character.isWhitespace(held.charAt(word))) {
        word++;
      }
      if (lineStart && opensAt(word)) {
        add(parts, ReplyPart.Kind.CONTENT, held.substring(0, line));
        held.delete(0, word + OPEN.length());
        inside = true;
        trimming = true;
        return true;
      }
      if (lineStart && mayOpenAt(word)) {
        // All there is may be a tag's beginning, or white space before one.
        add(parts, ReplyPart.Kind.CONTENT, held.substring(0, line));
        held.delete(0, line);
        return false;
      }
      int next = held.indexOf("\n", word);
      if (next < 0) {
        add(parts, ReplyPart.Kind.CONTENT, held.toString());
        held.setLength(0);
        lineStart = false;
        return false;
      }
      line = next + 1;
      lineStart = true;
    }
  }

  private boolean opensAt(int at) {
    return held.length() - at >= OPEN.length()
        && held.substring(at, at + OPEN.length()).equals(OPEN);
  }

  private boolean mayOpenAt(int at) {
    return held.length() - at < OPEN.length() && OPEN.startsWith(held.substring(at));
  }

  private void trimStart() {
    int from = 0;
    while (trimming && from < held.length() && Character.isWhitespace(held.charAt(from))) {
      from++;
    }
    held.delete(0, from);
    trimming = trimming && held.isEmpty();
  }

  /** Length of the longest end of what is held that begins {@code tag}. */
  private int partial(String tag) {
    int length = Math.min(tag.length() - 1, held.length());
    while (length > 0 && !tag.startsWith(held.substring(held.length() - length))) {
      length--;
    }
    return length;
  }

  /** The end of [0, to) without white space behind it. */
  private int endOfText(int to) {
    int end = to;
    while (end > 0 && Character.isWhitespace(held.charAt(end - 1))) {
      end--;
    }
    return end;
  }

  private static void add(List<ReplyPart> parts, ReplyPart.Kind kind, String text) {
    if (!text.isEmpty()) {
      parts.add(new ReplyPart(kind, text));
    }
  }
}
