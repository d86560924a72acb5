/** Which KV blocks belong to whom. */
package dev.tangram.schedule.block;
