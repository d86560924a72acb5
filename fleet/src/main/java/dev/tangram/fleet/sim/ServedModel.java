package dev.tangram.fleet.sim;

/**
 * A model as replicas of one kind serve it.
 *
 * @param loadNanos until it can be used on a chip that held something else, or nothing
 */
public record ServedModel(String name, StepTime steps, EngineLimits limits, long loadNanos) {
  public ServedModel {
    if (loadNanos < 0) {
      throw new IllegalArgumentException(
          "%s: loadNanos: found %d, allowed: 0 or more".formatted(name, loadNanos));
    }
  }
}
