package dev.tangram.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * What the recurrent layers of a sequence remember, in slots of fixed size, off-heap, f32: for each
 * such layer the last inputs of its convolution and the matrices of its heads. A slot is one
 * sequence's state after one position, or a snapshot of it.
 *
 * <p>Layout of a slot, layer after layer:
 *
 * <pre>
 *   convolution [taps - 1, channels]   raw inputs, oldest first
 *   recurrent   [Hv, dv / 32, dk, 32]  S of each head, keys by values, in panels of 32 values
 * </pre>
 *
 * <p>As with weights, one SIMD lane is one output, so that no sum goes across lanes. The last panel
 * of a head is as narrow as the values left: {@link DeltaShape#index}.
 *
 * <p>A slot's memory is allocated, zeroed, when it is first cleared or copied to.
 *
 * <p>Threads: written and read only by the kernels its engine calls, and by the engine's own thread
 * between steps.
 */
public final class StateMemory implements AutoCloseable {
  private final int layers;
  private final long convolutionBytes;
  private final long recurrentBytes;
  private final MemorySegment[] slots;
  private final Arena arena = Arena.ofShared();
  private volatile long bytesHeld;

  /**
   * Sets a limit of {@link #bytesPerSlot} times {@code slots} bytes; takes no memory yet.
   *
   * @param layers recurrent layers
   * @param convolution floats of convolution state in a layer
   * @param recurrent floats of recurrent state in a layer
   */
  public StateMemory(int layers, int slots, long convolution, long recurrent) {
    if (layers < 1 || slots < 1 || convolution < 0 || recurrent < 1) {
      throw new IllegalArgumentException(
          "layers %d, slots %d, convolution %d, recurrent %d: too few"
              .formatted(layers, slots, convolution, recurrent));
    }
    this.layers = layers;
    this.convolutionBytes = convolution * Float.BYTES;
    this.recurrentBytes = recurrent * Float.BYTES;
    Math.multiplyExact(bytesPerSlot(layers, convolution, recurrent), (long) slots);
    this.slots = new MemorySegment[slots];
  }

  /** Bytes one slot takes over all layers. */
  public static long bytesPerSlot(int layers, long convolution, long recurrent) {
    return Math.multiplyExact(
        Math.multiplyExact(Math.addExact(convolution, recurrent), (long) Float.BYTES),
        (long) layers);
  }

  public int slots() {
    return slots.length;
  }

  public int layers() {
    return layers;
  }

  /** Bytes allocated so far. */
  public long bytesHeld() {
    return bytesHeld;
  }

  /** The convolution's last inputs, [taps - 1, channels] floats. */
  public MemorySegment convolution(int layer, int slot) {
    return at(slot).asSlice(start(layer), convolutionBytes);
  }

  /** The heads' matrices, Hv dv dk floats in panels. */
  public MemorySegment recurrent(int layer, int slot) {
    return at(slot).asSlice(start(layer) + convolutionBytes, recurrentBytes);
  }

  /**
   * Makes a slot the state of a sequence of no tokens: zero.
   *
   * @throws OutOfMemoryError if the machine has none left
   */
  public void clear(int slot) {
    if (slots[slot] == null) {
      allocate(slot);
    } else {
      slots[slot].fill((byte) 0);
    }
  }

  /**
   * Makes {@code to} equal to {@code from}.
   *
   * @throws OutOfMemoryError if the machine has none left
   */
  public void copy(int from, int to) {
    MemorySegment source = at(from);
    if (slots[to] == null) {
      allocate(to);
    }
    slots[to].copyFrom(source);
  }

  private void allocate(int slot) {
    slots[slot] = arena.allocate(layers * (convolutionBytes + recurrentBytes), 64);
    bytesHeld += slots[slot].byteSize();
  }

  private MemorySegment at(int slot) {
    MemorySegment memory = slots[slot];
    if (memory == null) {
      throw new IllegalStateException("slot %d was never cleared or copied to".formatted(slot));
    }
    return memory;
  }

  private long start(int layer) {
    return Objects.checkIndex(layer, layers) * (convolutionBytes + recurrentBytes);
  }

  @Override
  public void close() {
    arena.close();
  }
}
