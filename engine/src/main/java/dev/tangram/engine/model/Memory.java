package dev.tangram.engine.model;

import dev.tangram.engine.file.ModelFile;
import dev.tangram.engine.file.Tensor;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Whether a model fits here, asked before anything is packed: the kernel would end the process
 * later.
 */
public final class Memory {
  private Memory() {}

  static void checkWeights(ModelFile file) {
    checkWeights(file.path().toString(), packedBytes(file), available());
  }

  static void checkScratch(
      ModelFile file, Hyperparameters shape, int stepTokensMax, int logitRowsMax) {
    String name = file.path().toString();
    Runtime java = Runtime.getRuntime();
    long heap = java.maxMemory() - (java.totalMemory() - java.freeMemory());
    checkScratch(name, Scratch.bytes(shape, stepTokensMax, logitRowsMax), heap, stepTokensMax);
  }

  /**
   * The same for a model of another kind.
   *
   * @param weightBytes of its file
   * @param scratchBytes of Java's heap that its steps take
   * @throws ModelTooLargeException in one sentence that names the file
   */
  public static void check(String name, long weightBytes, long scratchBytes, int stepTokens) {
    checkWeights(name, weightBytes + weightBytes / 20, available());
    Runtime java = Runtime.getRuntime();
    long heap = java.maxMemory() - (java.totalMemory() - java.freeMemory());
    checkScratch(name, scratchBytes, heap, stepTokens);
  }

  /** With a budget for keys and values that somebody asked for: it will be filled. */
  static void checkWithCache(ModelFile file, long cacheBytes) {
    checkWithCache(file.path().toString(), packedBytes(file), cacheBytes, available());
  }

  static void checkWithCache(String name, long weights, long cacheBytes, long available) {
    if (cacheBytes > 0 && weights + cacheBytes > available) {
      throw new ModelTooLargeException(
          "%s: needs about %.1f GB of memory for its weights and %.1f GB of kv-cache-memory was asked for, this machine has %.1f GB available"
              .formatted(name, weights / 1e9, cacheBytes / 1e9, available / 1e9));
    }
  }

  static void checkWeights(String name, long needed, long available) {
    if (needed > available) {
      throw new ModelTooLargeException(name, needed, available);
    }
  }

  static void checkScratch(String name, long needed, long heap, int stepTokens) {
    if (needed > heap) {
      throw new ModelTooLargeException(
          "%s: needs %.1f GB of Java heap for steps of %d tokens, %.1f GB are free; allow more with -Xmx or fewer tokens"
              .formatted(name, needed / 1e9, stepTokens, heap / 1e9));
    }
  }

  /** What the weights take once packed, from above. */
  private static long packedBytes(ModelFile file) {
    return file.tensors().values().stream().mapToLong(Memory::packedBytes).sum();
  }

  private static long packedBytes(Tensor tensor) {
    return switch (tensor.format()) {
      case F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q2_K, Q4_K -> tensor.bytes() + tensor.bytes() / 20;
      // Quants of five and six bits are kept in wider fields.
      case Q5_0, Q5_1, Q5_K, Q6_K -> tensor.bytes() + tensor.bytes() / 3;
      // Three bits become four, four bits what they stand for: five bits or a byte.
      case Q3_K -> tensor.bytes() + tensor.bytes() * 2 / 5;
      case MXFP4 -> tensor.bytes() + tensor.bytes() / 2;
      case IQ4_NL, IQ4_XS -> 2 * tensor.bytes();
    };
  }

  /** What the system can give without swapping, but never more than the container's limit. */
  private static long available() {
    var system =
        ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class);
    long total = system.getTotalMemorySize();
    try {
      for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
        if (line.startsWith("MemAvailable:")) {
          return Math.min(total, Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024);
        }
      }
    } catch (IOException e) {
      // Not Linux: the total is the best that Java knows.
    }
    return total;
  }
}
