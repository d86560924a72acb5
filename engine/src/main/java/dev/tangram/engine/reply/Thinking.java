package dev.tangram.engine.reply;

/** Whether a reply may contain reasoning between {@code <think>} and {@code </think>}. */
public enum Thinking {
  /** The model's template knows no such tags: they are text like any other. */
  NONE,
  /** The reply may open reasoning itself. */
  POSSIBLE,
  /** The prompt ends inside reasoning: the reply begins with it. */
  OPEN
}
