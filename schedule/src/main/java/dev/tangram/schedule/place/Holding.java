package dev.tangram.schedule.place;

/**
 * What a request holds.
 *
 * @param node index in the ledger
 * @param chips bit i is set if it holds its share of chip i
 */
public record Holding(Request request, int node, long chips) {}
