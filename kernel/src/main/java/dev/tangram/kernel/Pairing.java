package dev.tangram.kernel;

/** Which two elements of a head a rotary embedding turns together. */
public enum Pairing {
  /** (i, i + rotated/2): Qwen, Gemma, every file in Hugging Face order. */
  HALVES,
  /** (2i, 2i + 1): GGUF files of the llama architecture, whose q and k rows are permuted. */
  ADJACENT
}
