package dev.tangram.kernel.machine;

import dev.tangram.kernel.vector.Layout;
import java.util.Optional;

/**
 * Writes the functions of one instruction set. What they are called with is the same for all: see
 * {@link FormatCode}; how it is passed is the system's convention.
 */
public interface PanelWriter {
  /**
   * The products of some sections with {@code tokens} tokens, activations as floats.
   *
   * @param tokens a power of two, at most {@link Isa#tokensMax}
   */
  byte[] floats(Layout layout, int tokens);

  /** The same with activations as integers of 16 bits, for quants that are integers. */
  byte[] integers(Layout layout, int tokens);

  /** Makes the {@link Cells} of such activations; empty where Java does. */
  Optional<byte[]> cells(Layout layout);
}
