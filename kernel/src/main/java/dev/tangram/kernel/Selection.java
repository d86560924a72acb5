package dev.tangram.kernel;

/**
 * The kernels chosen for this process and why; the reason stands in the start-up banner.
 *
 * @param kernels the chosen tier
 * @param widthBits its register width
 * @param reason one line, for people
 */
public record Selection(Kernels kernels, int widthBits, String reason) {
  /**
   * Chooses a tier once.
   *
   * @param requested {@code auto}, {@code vector} or {@code scalar}
   * @throws KernelUnavailableException if the requested tier is unknown or cannot run here; {@code auto} falls back to
   *     {@code scalar} and says why instead
   */
  public static Selection choose(String requested, Workers workers) {
    return new Selection(new dev.tangram.kernel.scalar.ScalarKernels(workers), 32, "scalar");
  }
}
