/**
 * The machine tier's code for AArch64: what {@link dev.tangram.kernel.machine} calls on such a
 * processor. Experimental: it was run under emulation alone; see docs/decisions/0019-aarch64.md.
 */
package dev.tangram.kernel.machine.arm;
