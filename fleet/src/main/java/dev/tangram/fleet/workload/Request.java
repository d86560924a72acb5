package dev.tangram.fleet.workload;

import java.util.Arrays;

/**
 * What a client asks for, and how long the answer will be, which no scheduler is told.
 *
 * @param arrivalNanos since the start of the run
 * @param model number of the model, from 0
 * @param promptTokens 1 or more
 * @param outputTokens 1 or more
 * @param prefix ids of the prompt's leading stretches: two prompts agree as far as their ids do.
 *     Empty if the prompt shares nothing. Not copied.
 * @param stretch tokens that one id stands for, 1 or more
 */
public record Request(
    long arrivalNanos, int model, int promptTokens, int outputTokens, int[] prefix, int stretch) {
  private static final int[] NOTHING = {};

  public Request {
    if (arrivalNanos < 0 || model < 0 || promptTokens < 1 || outputTokens < 1 || stretch < 1) {
      throw new IllegalArgumentException(
          "request: found arrival %d ns, model %d, %d and %d tokens, stretch %d, allowed: 0 or more, 0 or more, 1 or more each"
              .formatted(arrivalNanos, model, promptTokens, outputTokens, stretch));
    }
  }

  /** A request whose prompt is like no other. */
  public static Request unique(long arrivalNanos, int model, int promptTokens, int outputTokens) {
    return new Request(arrivalNanos, model, promptTokens, outputTokens, NOTHING, 1);
  }

  /**
   * Token ids that agree with those of other requests exactly as far as the prefix ids do.
   *
   * @param number of the request; no other may have it
   */
  public int[] prompt(int number) {
    int[] tokens = new int[promptTokens];
    int told = (int) Math.min(promptTokens, (long) prefix.length * stretch);
    for (int i = 0; i < told; i += stretch) {
      Arrays.fill(tokens, i, Math.min(told, i + stretch), prefix[i / stretch]);
    }
    // Below zero, where no prefix id is.
    Arrays.fill(tokens, told, promptTokens, -1 - number);
    return tokens;
  }
}
