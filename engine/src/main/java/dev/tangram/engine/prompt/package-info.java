/** Chat messages to one prompt: the model's own template, in a sandbox. */
package dev.tangram.engine.prompt;
