/**
 * The machine tier: matrix products in code that {@link dev.tangram.kernel.machine.Assembler}
 * writes at start-up, for the CPU at hand, over the panels of the vector tier: with its order of
 * sums where activations are floats, with integers of 16 bits where the weights are integers. All
 * else is the vector tier's. What is here writes x86-64 code or serves both processors; AArch64
 * code is in {@link dev.tangram.kernel.machine.arm}.
 */
package dev.tangram.kernel.machine;
