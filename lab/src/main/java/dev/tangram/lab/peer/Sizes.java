package dev.tangram.lab.peer;

/** How much of everything. */
record Sizes(int threads, int promptTokens, int decodeTokens, int batch) {}
