/** Measures a running OpenAI-compatible server: time to first token and per token, under loads. */
package dev.tangram.cli.measure;
