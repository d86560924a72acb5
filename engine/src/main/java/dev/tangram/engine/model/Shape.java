package dev.tangram.engine.model;

import dev.tangram.kernel.KvMemory;
import dev.tangram.kernel.KvType;
import dev.tangram.kernel.StateMemory;
import java.util.Set;

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
 * @param window positions that some layers see; 0 if all layers see everything
 * @param windowLayers which of the layers that keep keys and values see no more than the window
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
    long recurrent,
    int window,
    Set<Integer> windowLayers) {
  public Shape {
    windowLayers = Set.copyOf(windowLayers);
  }

  /** A model without layers that see a window. */
  public Shape(
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
        kvLayers,
        stateLayers,
        convolution,
        recurrent,
        0,
        Set.of());
  }

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

  /** Memory for keys and values of {@code blocks} blocks, f32. */
  public KvMemory kvMemory(int blocks) {
    return kvMemory(blocks, KvType.F32);
  }

  /** Memory for keys and values of {@code blocks} blocks. */
  public KvMemory kvMemory(int blocks, KvType type) {
    return new KvMemory(kvLayers, blocks, kvHeads, headSize, type);
  }

  /**
   * Memory in which layers that see a window have blocks of their own.
   *
   * @param windowBlocks 0: they have none, and keep everything
   */
  public KvMemory kvMemory(int blocks, int windowBlocks, KvType type) {
    if (windowBlocks == 0) {
      return kvMemory(blocks, type);
    }
    boolean[] windowed = new boolean[kvLayers];
    windowLayers.forEach(layer -> windowed[layer] = true);
    return new KvMemory(kvLayers, blocks, kvHeads, headSize, type, windowed, windowBlocks);
  }

  /** Memory for the states of {@code slots} sequences and snapshots; null if there is no state. */
  public StateMemory stateMemory(int slots) {
    return stateLayers == 0 ? null : new StateMemory(stateLayers, slots, convolution, recurrent);
  }
}
