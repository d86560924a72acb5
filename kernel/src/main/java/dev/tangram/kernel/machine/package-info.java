/**
 * The machine tier: matrix products in code that is written at start-up, for the CPU at hand, over
 * the panels of the vector tier: with its order of sums where activations are floats, with integers
 * of 16 bits where the weights are integers. All else is the vector tier's. What is here serves all
 * processors; a {@link dev.tangram.kernel.machine.PanelWriter} of each kind is in {@link
 * dev.tangram.kernel.machine.x86} and {@link dev.tangram.kernel.machine.arm}.
 */
package dev.tangram.kernel.machine;
