/**
 * Architectures: each one class whose forward pass reads top to bottom. Dimension letters as in
 * {@link dev.tangram.kernel}.
 */
package dev.tangram.engine.model;
