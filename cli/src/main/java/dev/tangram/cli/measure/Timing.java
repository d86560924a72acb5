package dev.tangram.cli.measure;

/**
 * One answer, as its reader saw it.
 *
 * @param tpotMillis mean time from one token to the next; 0 for an answer of one token
 */
public record Timing(double ttftMillis, double tpotMillis, int promptTokens, int outputTokens) {}
