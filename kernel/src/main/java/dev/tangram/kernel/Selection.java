package dev.tangram.kernel;

import dev.tangram.kernel.machine.MachineCode;
import dev.tangram.kernel.machine.MachineKernels;
import dev.tangram.kernel.scalar.ScalarKernels;
import dev.tangram.kernel.vector.VectorKernels;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * The kernels chosen for this process and why; the reason stands in the start-up banner.
 *
 * @param kernels the chosen tier
 * @param widthBits its register width
 * @param reason one line, for people
 */
public record Selection(Kernels kernels, int widthBits, String reason) {
  /**
   * Switches the Vector API's bounds checks off, and then a read past the end returns a neighbour's
   * bytes.
   */
  private static final String UNCHECKED = "jdk.incubator.vector.VECTOR_ACCESS_OOB_CHECK";

  private static final Logger LOGGER = System.getLogger(Selection.class.getName());

  /** Narrower registers than this gain nothing over scalar code. */
  private static final int WIDTH_BITS_MIN = 128;

  /**
   * Chooses a tier once.
   *
   * @param requested {@code auto}, {@code machine}, {@code machine-f32} (the same with float
   *     activations), {@code vector} or {@code scalar}
   * @throws KernelUnavailableException if the requested tier is unknown or cannot run here; {@code
   *     auto} falls back, to {@code vector} and then {@code scalar}, and says why instead
   * @throws IllegalStateException if the Vector API's bounds checks were switched off
   */
  public static Selection choose(String requested, Workers workers) {
    if ("0".equals(System.getProperty(UNCHECKED))) {
      throw new IllegalStateException(
          UNCHECKED + "=0 makes vector reads memory-unsafe; start without it");
    }
    return switch (requested) {
      case "scalar" -> scalar(workers, "asked for");
      case "vector" -> {
        String obstacle = obstacle();
        if (obstacle != null) {
          throw new KernelUnavailableException("kernels vector: " + obstacle);
        }
        yield vector(workers, "asked for");
      }
      case "machine", "machine-f32" -> {
        String obstacle = obstacle();
        if (obstacle != null) {
          throw new KernelUnavailableException("kernels %s: %s".formatted(requested, obstacle));
        }
        try {
          yield machine(workers, requested.equals("machine"), "asked for");
        } catch (UnsupportedOperationException e) {
          throw new KernelUnavailableException(
              "kernels %s: %s".formatted(requested, e.getMessage()));
        }
      }
      case "auto" -> {
        String obstacle = obstacle();
        yield obstacle == null ? fastest(workers) : scalar(workers, obstacle);
      }
      default ->
          throw new KernelUnavailableException(
              "kernels: found %s, allowed: auto, machine, machine-f32, vector, scalar"
                  .formatted(requested));
    };
  }

  /**
   * Does ahead of time what {@code auto} will need: classes, and code for this processor. Nothing
   * that goes wrong is told; {@link #choose} will.
   */
  public static void prepare() {
    try {
      if (obstacle() == null) {
        MachineCode.here(true);
      }
    } catch (UnsupportedOperationException e) {
      // The vector tier it will be.
    }
  }

  private static Selection scalar(Workers workers, String reason) {
    return new Selection(new ScalarKernels(workers), 32, "scalar: " + reason);
  }

  private static Selection vector(Workers workers, String reason) {
    VectorKernels kernels = new VectorKernels(workers);
    return new Selection(
        kernels, kernels.widthBits(), "vector, %d bits: %s".formatted(kernels.widthBits(), reason));
  }

  private static Selection fastest(Workers workers) {
    String experimental = MachineCode.experimental();
    if (experimental != null) {
      return vector(
          workers, "widest registers here; " + experimental + ", and --kernels machine takes it");
    }
    try {
      return machine(workers, true, "code written for this processor");
    } catch (UnsupportedOperationException e) {
      return vector(workers, "widest registers here; no machine code: " + e.getMessage());
    }
  }

  private static Selection machine(Workers workers, boolean integers, String reason) {
    MachineCode code = MachineCode.here(integers);
    String experimental = MachineCode.experimental();
    if (experimental != null) {
      LOGGER.log(Level.WARNING, "{0}; each format is tried out before it is used", experimental);
    }
    return new Selection(
        new MachineKernels(workers, code),
        code.widthBits(),
        "machine, %d bits, %s: %s"
            .formatted(
                code.widthBits(),
                code.what(),
                experimental == null ? reason : reason + "; " + experimental));
  }

  /** Why the vector tier cannot run here, or null. */
  private static String obstacle() {
    try {
      int width = VectorKernels.lanesBits();
      return width < WIDTH_BITS_MIN ? "registers of %d bits are too narrow".formatted(width) : null;
    } catch (NoClassDefFoundError | ExceptionInInitializerError e) {
      return "the Vector API is not there; start Java with --add-modules jdk.incubator.vector";
    }
  }
}
