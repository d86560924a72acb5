/** The safetensors format: named arrays behind a JSON header. */
package dev.tangram.engine.file.safetensors;
