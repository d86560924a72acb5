/**
 * Packed copies of models on disk: what packing made of a model is kept in a file, so that the next
 * start reads instead of packing. A copy is a cache in every sense: it may be deleted at any time,
 * and one that is not exactly right is made anew.
 */
package dev.tangram.engine.packed;
