package dev.tangram.fleet.sim;

/**
 * What a request must keep to be counted as good.
 *
 * @param ttftSeconds from arrival to the first token, at most
 * @param tpotSeconds from one token to the next in the mean of its answer, at most
 */
public record Objective(double ttftSeconds, double tpotSeconds) {
  public Objective {
    if (!(ttftSeconds > 0) || !(tpotSeconds > 0)) {
      throw new IllegalArgumentException(
          "objective: found TTFT %s s and TPOT %s s, allowed: more than 0"
              .formatted(ttftSeconds, tpotSeconds));
    }
  }
}
