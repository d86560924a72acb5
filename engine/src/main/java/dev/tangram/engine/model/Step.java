package dev.tangram.engine.model;

import dev.tangram.kernel.Kernels;
import dev.tangram.kernel.KvMemory;
import dev.tangram.kernel.Span;
import dev.tangram.kernel.StateMemory;
import java.util.List;

/**
 * What every sublayer needs of the step it runs in.
 *
 * @param state null if the model has no recurrent layer
 * @param spans cover all T rows in order
 * @param tokens T
 * @param keptRows rows from the first on that recurrent layers may have to run again
 */
record Step(
    Kernels kernels,
    KvMemory kv,
    StateMemory state,
    List<Span> spans,
    int tokens,
    int keptRows,
    Scratch scratch) {}
