package dev.tangram.engine;

import dev.tangram.engine.reply.Thinking;

/**
 * A chat as a model reads it.
 *
 * @param ids of its tokens
 * @param thinking how the reply is to be read
 */
public record ChatPrompt(int[] ids, Thinking thinking) {}
