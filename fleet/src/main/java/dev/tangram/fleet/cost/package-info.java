/** x. */
package dev.tangram.fleet.cost;
