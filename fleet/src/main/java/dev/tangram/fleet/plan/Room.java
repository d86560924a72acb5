package dev.tangram.fleet.plan;

import java.util.OptionalDouble;

/**
 * A part of a hall with its own supply.
 *
 * @param watts what its chips may draw together; empty if nothing is said
 */
public record Room(String name, OptionalDouble watts) {}
