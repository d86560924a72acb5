/**
 * Which replica on which chips. Online: one request at a time, in microseconds, with the reason.
 *
 * <p>Units: {@code milli} is a thousandth (of a processor core, of a chip), {@code mib} is 2^20
 * bytes.
 */
package dev.tangram.schedule.place;
