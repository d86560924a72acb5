/**
 * Hugging Face checkpoints: config.json, safetensors and tokenizer.json, presented as the GGUF file
 * that they would become.
 */
package dev.tangram.engine.file.hf;
