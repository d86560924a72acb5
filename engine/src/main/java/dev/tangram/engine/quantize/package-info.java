/** Rewrites a model file with smaller weights: which type each tensor takes, and the work itself. */
package dev.tangram.engine.quantize;
