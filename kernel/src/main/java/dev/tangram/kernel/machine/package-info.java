/**
 * The machine tier: matrix products in x86-64 code that {@link
 * dev.tangram.kernel.machine.Assembler} writes at start-up, for the CPU at hand, over the panels of
 * the vector tier and with its order of sums. All else is the vector tier's.
 */
package dev.tangram.kernel.machine;
