package dev.tangram.engine.reply;

import java.util.ArrayList;
import java.util.List;

/**
 * Tells reasoning, tool calls and answer apart while a reply streams. However the text is cut into
 * pieces, the parts add up to the same.
 *
 * <p>Reasoning opens with {@code <think>} at the start of a line and ends with {@code </think>}; a
 * reply that ends inside is reasoning to its end, and a call inside is none. The tags belong to
 * neither part, nor does the white space around reasoning and around calls, which templates put
 * there and take away again. All other text stays as it is. A call is handed on when it is
 * complete: half a call is of no use to anybody.
 *
 * <p>Threads: one.
 */
public final class ReplyParser {
  private static final String OPEN = "<think>";
  private static final String CLOSE = "</think>";

  private enum State {
    ANSWER,
    REASONING,
    CALL
  }

  private final boolean thinks;
  private final CallStyle calls;
  private final StringBuilder held = new StringBuilder();
  private State state;
  // White space here is dropped: reasoning or a call has just begun or ended.
  private boolean trimming;
  // Only white space stands between here and the last line break or the start.
  private boolean lineStart = true;
  // The answer had only white space so far.
  private boolean fresh = true;
  private int searched;

  /** A parser for one reply. */
  public ReplyParser(Thinking thinking, CallStyle calls) {
    this.thinks = thinking != Thinking.NONE;
    this.calls = calls;
    state = thinking == Thinking.OPEN ? State.REASONING : State.ANSWER;
    trimming = state == State.REASONING;
  }

  /** True while what comes next is reasoning. */
  public boolean reasons() {
    return state == State.REASONING;
  }

  /** Takes the next piece; returns what is certain by now. */
  public List<ReplyPart> feed(String text) {
    List<ReplyPart> parts = new ArrayList<>(2);
    if (!thinks && calls == CallStyle.NONE) {
      add(parts, ReplyPart.Kind.CONTENT, text);
      return parts;
    }
    held.append(text);
    boolean more = true;
    while (more) {
      more =
          switch (state) {
            case ANSWER -> answer(parts);
            case REASONING -> reason(parts);
            case CALL -> call(parts);
          };
    }
    return parts;
  }

  /** The reply has ended: what was held back. */
  public List<ReplyPart> finish() {
    List<ReplyPart> parts = new ArrayList<>(1);
    if (state != State.CALL) {
      trimStart();
    }
    String rest = held.toString();
    switch (state) {
      case ANSWER -> add(parts, ReplyPart.Kind.CONTENT, rest);
      case REASONING -> add(parts, ReplyPart.Kind.REASONING, rest.stripTrailing());
      case CALL -> add(parts, ReplyPart.Kind.CALL, rest.stripTrailing());
    }
    held.setLength(0);
    return parts;
  }

  /** Hands reasoning on; true if it ended. */
  private boolean reason(List<ReplyPart> parts) {
    trimStart();
    int close = held.indexOf(CLOSE);
    if (close >= 0) {
      add(parts, ReplyPart.Kind.REASONING, held.substring(0, close).stripTrailing());
      held.delete(0, close + CLOSE.length());
      backToAnswer();
      return true;
    }
    int sure = Tags.partial(held, CLOSE);
    while (sure > 0 && Character.isWhitespace(held.charAt(sure - 1))) {
      sure--;
    }
    take(parts, ReplyPart.Kind.REASONING, sure);
    return false;
  }

  /** Waits for a call's end; true if it came. */
  private boolean call(List<ReplyPart> parts) {
    String close = calls.close(held);
    int at = close == null ? -1 : held.indexOf(close, searched);
    if (at < 0) {
      searched = close == null ? 0 : Math.max(0, held.length() - close.length());
      return false;
    }
    take(parts, ReplyPart.Kind.CALL, at + close.length());
    backToAnswer();
    return true;
  }

  /** Hands the answer on; true if reasoning or a call began. */
  private boolean answer(List<ReplyPart> parts) {
    trimStart();
    boolean startOfLine = lineStart;
    int line = 0; // where the line begins, if only white space follows
    int text = 0; // after the last character that is not white space
    for (int i = 0; i < held.length(); i++) {
      char c = held.charAt(i);
      if (Character.isWhitespace(c)) {
        if (c == '\n') {
          startOfLine = true;
          // White space before the first word goes with a tag that follows it.
          line = fresh ? 0 : i + 1;
        }
        continue;
      }
      boolean mayThink = thinks && startOfLine;
      if (mayThink && Tags.isAt(held, i, OPEN)) {
        take(parts, ReplyPart.Kind.CONTENT, line);
        held.delete(0, i - line + OPEN.length());
        begin(State.REASONING);
        trimming = true;
        return true;
      }
      if (calls.opensAt(held, i) || calls == CallStyle.JSON_BARE && fresh && c == '{') {
        take(parts, ReplyPart.Kind.CONTENT, text);
        held.delete(0, i - text);
        begin(State.CALL);
        return true;
      }
      if (mayThink && Tags.beginsAt(held, i, OPEN) || calls.mayOpenAt(held, i)) {
        break;
      }
      fresh = false;
      startOfLine = false;
      text = i + 1;
    }
    // What is left may be a tag's beginning, or white space that goes with a tag.
    int sure;
    if (calls != CallStyle.NONE) {
      sure = text;
    } else {
      sure = startOfLine ? line : held.length();
    }
    lineStart = sure == line && startOfLine || sure == 0 && lineStart;
    take(parts, ReplyPart.Kind.CONTENT, sure);
    return false;
  }

  private void begin(State next) {
    state = next;
    searched = 0;
  }

  private void backToAnswer() {
    begin(State.ANSWER);
    trimming = true;
    lineStart = true;
  }

  private void trimStart() {
    int from = 0;
    while (trimming && from < held.length() && Character.isWhitespace(held.charAt(from))) {
      from++;
    }
    held.delete(0, from);
    trimming = trimming && held.isEmpty();
  }

  private void take(List<ReplyPart> parts, ReplyPart.Kind kind, int length) {
    add(parts, kind, held.substring(0, length));
    held.delete(0, length);
  }

  private static void add(List<ReplyPart> parts, ReplyPart.Kind kind, String text) {
    if (!text.isEmpty()) {
      parts.add(new ReplyPart(kind, text));
    }
  }
}
