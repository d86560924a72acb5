/**
 * What a model weighs, reads and remembers, by formula from the fields of its config.json.
 *
 * <p>Dimension letters: D model, H heads, K kv heads, S head size, F ffn, V vocabulary, L layers, E
 * experts.
 */
package dev.tangram.fleet.model;
