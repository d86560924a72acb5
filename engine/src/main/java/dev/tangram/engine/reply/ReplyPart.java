package dev.tangram.engine.reply;

/** A piece of a reply's reasoning or of its answer, in the order it came; never empty. */
public record ReplyPart(Kind kind, String text) {
  /** What a piece belongs to. */
  public enum Kind {
    REASONING,
    CONTENT
  }
}
