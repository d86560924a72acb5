/** Logits to the next token. */
package dev.tangram.engine.sample;
