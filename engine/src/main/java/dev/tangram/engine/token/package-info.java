/** Text to token ids and back. */
package dev.tangram.engine.token;
