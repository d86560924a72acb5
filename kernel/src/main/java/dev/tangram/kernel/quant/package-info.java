/**
 * Weights on their way between files: floats to the blocks of a {@link dev.tangram.kernel.Format}
 * and back. The blocks are those that ggml makes of the same floats without an importance matrix.
 */
package dev.tangram.kernel.quant;
