package dev.tangram.engine.reply;

/** A piece of a reply, in the order it came; its text is never empty. */
public record ReplyPart(Kind kind, String text) {
  /** What a piece belongs to. */
  public enum Kind {
    REASONING,
    CONTENT,
    /** One whole tool call as the model wrote it, tags included; it may be malformed or cut. */
    CALL
  }
}
