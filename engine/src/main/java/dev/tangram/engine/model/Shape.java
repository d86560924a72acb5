package dev.tangram.engine.model;

/**
 * What the engine has to know of a model to feed it.
 *
 * @param architecture as in the file: qwen2, qwen3, llama, gemma3
 * @param contextLength most positions the model was made for
 * @param parameters number of weights
 */
public record Shape(
    String architecture,
    int layers,
    int width,
    int heads,
    int kvHeads,
    int headSize,
    int vocabulary,
    int contextLength,
    long parameters) {}
