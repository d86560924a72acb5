package dev.tangram.fleet.sim;

import dev.tangram.fleet.cost.Constants;
import dev.tangram.fleet.cost.Roofline;

/** Steps as the cost model sees them. */
public record RooflineStep(Roofline roofline, Constants constants) implements StepTime {
  @Override
  public long nanos(int decodes, double decodeContext, int promptTokens, double promptContext) {
    // A step of prompts alone reads the weights once as well, and has a step's fixed costs.
    double seconds =
        roofline.decodeSeconds(
            constants, Math.max(1, decodes), decodes == 0 ? promptContext : decodeContext);
    if (promptTokens > 0) {
      // The cost model takes the length of a whole prompt, whose tokens see half of it.
      seconds += roofline.prefillSeconds(constants, promptTokens, 2 * promptContext);
    }
    return Math.max(1, (long) (seconds * 1e9));
  }
}
