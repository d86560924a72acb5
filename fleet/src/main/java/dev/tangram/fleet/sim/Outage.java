package dev.tangram.fleet.sim;

/** A replica dies; it starts again at once, and what it was doing is asked for anew. */
public record Outage(int replica, long atNanos) {}
