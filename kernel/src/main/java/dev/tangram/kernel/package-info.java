/**
 * One call per matrix operation, over packed weights and plain float activations.
 *
 * <p>Dimension letters: T tokens, D model width (input columns), N output rows, H heads, K
 * key/value heads, S head size, F feed-forward width, V vocabulary, L layers, B block length, E
 * experts, R rows of all groups, C channels of a convolution; Hk, Hv, dk, dv heads and head sizes
 * of keys and values in a {@link dev.tangram.kernel.DeltaShape}. Activations are dense row-major
 * {@code float[]}; weights are {@link dev.tangram.kernel.Matrix}, packed once at load for the tier
 * that will read them.
 */
package dev.tangram.kernel;
