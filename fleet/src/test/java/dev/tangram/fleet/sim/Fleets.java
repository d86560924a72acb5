package dev.tangram.fleet.sim;

/** Engines whose times can be computed by hand. */
final class Fleets {
  static final long MILLI = 1_000_000;
  static final Objective LOOSE = new Objective(1e6, 1e6);

  private Fleets() {}

  /** Every step takes the same, whatever it does. */
  static ServedModel fixed(String name, long stepNanos, EngineLimits limits) {
    return new ServedModel(name, (_, _, _, _) -> stepNanos, limits, 1_000 * MILLI);
  }

  /** A step takes 10 ms, and 0.1 ms for each prompt token. */
  static ServedModel plain(String name, EngineLimits limits, long loadNanos) {
    return new ServedModel(
        name, (_, _, promptTokens, _) -> 10 * MILLI + promptTokens * MILLI / 10, limits, loadNanos);
  }

  static EngineLimits limits(int blocks, int sequences) {
    return EngineLimits.of(blocks, 16, EngineLimits.NO_STATES, sequences, 2_048, Long.MAX_VALUE);
  }
}
