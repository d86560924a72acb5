package dev.tangram.lab.peer;

/**
 * How much of everything.
 *
 * @param depth tokens of context before the first that is decoded
 * @param flashAttention whether a peer that has a choice computes attention in one pass
 */
record Sizes(
    int threads,
    int promptTokens,
    int decodeTokens,
    int batch,
    int depth,
    boolean flashAttention) {}
