/**
 * A fleet in virtual time: the schedulers that serve real requests, with the cost model in place of
 * the engine.
 */
package dev.tangram.fleet.sim;
