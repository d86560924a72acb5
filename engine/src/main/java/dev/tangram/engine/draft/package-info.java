/** Guesses at the tokens that come next, without the model. */
package dev.tangram.engine.draft;
