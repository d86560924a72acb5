/**
 * Functions for x86-64 processors: an assembler with the instructions that they use, and the
 * products of a panel at 256 and at 512 bits.
 */
package dev.tangram.kernel.machine.x86;
