/** Strict JSON for the files around a checkpoint: what is doubtful is refused, with its place. */
package dev.tangram.engine.file.json;
