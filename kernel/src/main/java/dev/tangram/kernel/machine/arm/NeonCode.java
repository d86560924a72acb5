package dev.tangram.kernel.machine.arm;

import dev.tangram.kernel.vector.Layout;

/**
 * Functions for an AArch64 processor with NEON. Arguments are those of the x86-64 functions of the
 * same purpose, passed as AAPCS64 passes them: the first eight in x0 to x7, the ninth on the stack.
 */
public final class NeonCode {
  private NeonCode() {}

  /**
   * The products of some sections with {@code tokens} tokens, activations as floats.
   *
   * @param tokens 1, 2, 4 or 8
   */
  public static byte[] floats(Layout layout, int tokens) {
    return ProductCode.write(layout, tokens);
  }

  /**
   * The same with activations as integers of 16 bits, for quants that are integers; dotprod.
   *
   * @param tokens 1, 2, 4 or 8
   */
  public static byte[] integers(Layout layout, int tokens) {
    return DotCode.write(layout, tokens);
  }
}
