/** HTTP in, tokens out: wire formats, model store, metrics. Tokens come from {@link dev.tangram.engine.Engine}. */
package dev.tangram.server;
