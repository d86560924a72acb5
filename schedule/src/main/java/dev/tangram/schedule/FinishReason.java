package dev.tangram.schedule;

/** Why a sequence ended. */
public enum FinishReason {
  /** The model gave an end token, or a stop string came. */
  STOP,
  /** {@code max_tokens} or the context was reached. */
  LENGTH,
  /** The client left or asked to stop. */
  CANCELLED,
  /** The engine failed; the message is in the log. */
  ERROR
}
