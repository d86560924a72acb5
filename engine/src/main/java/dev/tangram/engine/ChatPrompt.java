package dev.tangram.engine;

import dev.tangram.engine.reply.CallStyle;
import dev.tangram.engine.reply.ReplyParser;
import dev.tangram.engine.reply.Thinking;

/**
 * A chat as a model reads it.
 *
 * @param ids of its tokens
 * @param thinking whether the reply may reason
 * @param calls how it calls tools; NONE if it was offered none
 */
public record ChatPrompt(int[] ids, Thinking thinking, CallStyle calls) {
  /** Reads one reply to this prompt. */
  public ReplyParser parser() {
    return new ReplyParser(thinking, calls);
  }
}
