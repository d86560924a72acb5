package dev.tangram.engine.model;

import dev.tangram.kernel.KvMemory;
import dev.tangram.kernel.StateMemory;

/**
 * What the engine has to know of a model to feed it.
 *
 * @param architecture as in the file, one of {@link Models#ARCHITECTURES}
 * @param layers of the decoder, without that of an MTP head
 * @param contextLength most positions the model was made for
 * @param parameters number of weights
 * @param kvLayers layers that keep keys and values: the attention layers, and that of an MTP head
 * @param stateLayers layers that keep a recurrent state; 0 if the model has none
 * @param convolution floats of convolution state that such a layer keeps of a sequence
 * @param recurrent floats of recurrent state that such a layer keeps of a sequence
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
    long parameters,
    int kvLayers,
    int stateLayers,
    long convolution,
    long recurrent) {
  /** A model whose every layer attends. */
  public Shape(
      String architecture,
      int layers,
      int width,
      int heads,
      int kvHeads,
      int headSize,
      int vocabulary,
      int contextLength,
      long parameters) {
    this(
        architecture,
        layers,
        width,
        heads,
        kvHeads,
        headSize,
        vocabulary,
        contextLength,
        parameters,
        layers,
        0,
        0,
        0);
  }

  /** Memory for keys and values of {@code blocks} blocks. */
  public KvMemory kvMemory(int blocks) {
    return new KvMemory(kvLayers, blocks, kvHeads, headSize);
  }

  /** Memory for the states of {@code slots} sequences and snapshots; null if there is no state. */
  public StateMemory stateMemory(int slots) {
    return stateLayers == 0 ? null : new StateMemory(stateLayers, slots, convolution, recurrent);
  }
}
