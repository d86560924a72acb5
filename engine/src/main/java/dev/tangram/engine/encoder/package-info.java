/**
 * Models that turn a text into a vector: BERT from a folder in the form of sentence-transformers.
 *
 * <p>Dimension letters as in {@link dev.tangram.kernel}: T tokens of all texts of a step, D width,
 * H heads, S head size, F feed-forward width, V vocabulary.
 */
package dev.tangram.engine.encoder;
