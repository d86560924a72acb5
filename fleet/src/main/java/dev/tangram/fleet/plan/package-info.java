/**
 * Which model runs on how many chips of which pool: an exact integer program over whole replicas,
 * with the reason of every choice. The solver library is known to {@code Program} alone.
 */
package dev.tangram.fleet.plan;
