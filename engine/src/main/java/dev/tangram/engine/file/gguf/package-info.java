/** GGUF v3: reading and writing. */
package dev.tangram.engine.file.gguf;
