/** Benches of the matrix kernels against what the machine can read and multiply. */
package dev.tangram.lab.kernel;
