package dev.tangram.kernel.machine.arm;

import dev.tangram.kernel.machine.PanelWriter;
import dev.tangram.kernel.vector.Layout;
import java.util.Optional;

/**
 * Functions for an AArch64 processor with NEON. Arguments are those of the x86-64 functions of the
 * same purpose, passed as AAPCS64 passes them: the first eight in x0 to x7, the ninth on the stack.
 */
public final class NeonCode implements PanelWriter {
  @Override
  public byte[] floats(Layout layout, int tokens) {
    return ProductCode.write(layout, tokens);
  }

  /** With dotprod. */
  @Override
  public byte[] integers(Layout layout, int tokens) {
    return DotCode.write(layout, tokens);
  }

  @Override
  public Optional<byte[]> cells(Layout layout) {
    return Optional.empty();
  }
}
