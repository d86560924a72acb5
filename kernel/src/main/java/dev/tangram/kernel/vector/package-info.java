/**
 * The Vector API tier. Weights are repacked into panels of 32 rows so that one SIMD lane is one
 * row; see {@link dev.tangram.kernel.vector.Panels} for the layout and {@link
 * dev.tangram.kernel.vector.Multiply} for the order of sums, which is the same for one token and
 * for many.
 */
package dev.tangram.kernel.vector;
