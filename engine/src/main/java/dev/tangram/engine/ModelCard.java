package dev.tangram.engine;

import dev.tangram.engine.model.Shape;
import dev.tangram.kernel.Selection;

/**
 * What an open engine runs.
 *
 * @param name general.name of the file, or the file's name
 * @param contextLength positions one sequence may have here: the model's or the option's or what
 *     the KV budget holds
 * @param fileBytes size of the file
 * @param weightBytes packed weights in memory
 * @param kvCacheBytes most memory that keys, values and recurrent states may take
 * @param quantization the commonest tensor format, for display
 */
public record ModelCard(
    String name,
    Shape shape,
    int contextLength,
    long fileBytes,
    long weightBytes,
    long kvCacheBytes,
    String quantization,
    int threads,
    Selection selection) {}
