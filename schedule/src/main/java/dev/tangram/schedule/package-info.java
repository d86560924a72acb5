/**
 * Who gets what, when. Every type takes {@code (state, event, now)} and returns a decision; the
 * engine, the server and the simulator carry it out.
 */
package dev.tangram.schedule;
