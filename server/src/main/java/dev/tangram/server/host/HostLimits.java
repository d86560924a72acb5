package dev.tangram.server.host;

import java.time.Duration;

/**
 * How much may be open.
 *
 * @param modelsMax open models
 * @param memoryBytesMax weights and KV memory of all open models; 0: three quarters of the
 *     machine's memory
 * @param loadWait longest a request waits for its model to be opened
 */
public record HostLimits(int modelsMax, long memoryBytesMax, Duration loadWait) {
  public static final HostLimits DEFAULT = new HostLimits(3, 0, Duration.ofSeconds(60));

  public HostLimits {
    if (modelsMax < 1) {
      throw new IllegalArgumentException(
          "models: found %d, allowed: at least 1".formatted(modelsMax));
    }
  }
}
