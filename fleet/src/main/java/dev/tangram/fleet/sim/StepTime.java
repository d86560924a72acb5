package dev.tangram.fleet.sim;

/** What a step costs; the place that the engine has in a real replica. */
@FunctionalInterface
public interface StepTime {
  /**
   * Nanoseconds of a step, more than 0.
   *
   * @param decodes sequences that run one token
   * @param decodeContext tokens that these have seen, in the mean; 0 if there are none
   * @param promptTokens prompt tokens in the step
   * @param promptContext tokens that these see, in the mean; 0 if there are none
   */
  long nanos(int decodes, double decodeContext, int promptTokens, double promptContext);
}
