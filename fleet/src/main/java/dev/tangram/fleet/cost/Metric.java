package dev.tangram.fleet.cost;

/** What can be measured of a replica, and predicted. */
public enum Metric {
  /** Answer tokens per second of the whole replica, prompts being read in between. */
  OUTPUT_TOKENS_PER_SECOND("tok/s"),
  /** As above on a replica that reads no prompts. */
  DECODE_TOKENS_PER_SECOND("tok/s"),
  /** Prompt tokens per second of the whole replica. */
  PREFILL_TOKENS_PER_SECOND("tok/s"),
  /** Answer tokens per second that one sequence sees. */
  TOKENS_PER_SECOND_OF_ONE("tok/s"),
  /** Milliseconds from one answer token to the next, with the prompts that are read in between. */
  TPOT_MILLIS("ms"),
  /** Milliseconds to the first token of a prompt that has the replica to itself. */
  TTFT_MILLIS("ms");

  private final String unit;

  Metric(String unit) {
    this.unit = unit;
  }

  /** Refuses a load without the tokens that this metric is about. */
  void check(Load load) {
    double tokens =
        switch (this) {
          case PREFILL_TOKENS_PER_SECOND, TTFT_MILLIS -> load.promptTokens();
          case OUTPUT_TOKENS_PER_SECOND, TOKENS_PER_SECOND_OF_ONE, TPOT_MILLIS ->
              load.outputTokens();
          case DECODE_TOKENS_PER_SECOND -> load.meanContext();
        };
    if (tokens == 0) {
      throw new IllegalArgumentException(
          "%s: found a load of 0 tokens of that kind, allowed: 1 or more".formatted(this));
    }
  }

  public String unit() {
    return unit;
  }
}
