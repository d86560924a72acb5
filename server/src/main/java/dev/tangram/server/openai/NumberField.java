package dev.tangram.server.openai;

/**
 * Every number that a request may hold, with its closed range; tests are generated from this table.
 */
enum NumberField {
  TEMPERATURE("temperature", 0, 2, false),
  /** 0 keeps only the likeliest token. */
  TOP_P("top_p", 0, 1, false),
  /** -1 and 0 keep all. */
  TOP_K("top_k", -1, Integer.MAX_VALUE, true),
  MIN_P("min_p", 0, 1, false),
  REPETITION_PENALTY("repetition_penalty", 0.01, 2, false),
  PRESENCE_PENALTY("presence_penalty", -2, 2, false),
  FREQUENCY_PENALTY("frequency_penalty", -2, 2, false),
  SEED("seed", Long.MIN_VALUE, Long.MAX_VALUE, true),
  N("n", 1, 4, true),
  BEST_OF("best_of", 1, 1, true),
  MAX_TOKENS("max_tokens", 0, Integer.MAX_VALUE, true),
  MAX_COMPLETION_TOKENS("max_completion_tokens", 1, Integer.MAX_VALUE, true),
  TOP_LOGPROBS("top_logprobs", 0, 20, true),
  LOGPROBS("logprobs", 0, 20, true),
  LOGIT_BIAS("logit_bias", -100, 100, false);

  private final String wireName;
  private final double least;
  private final double most;
  private final boolean whole;

  NumberField(String wireName, double least, double most, boolean whole) {
    this.wireName = wireName;
    this.least = least;
    this.most = most;
    this.whole = whole;
  }

  String wireName() {
    return wireName;
  }

  double least() {
    return least;
  }

  double most() {
    return most;
  }

  /** True for integers. */
  boolean whole() {
    return whole;
  }

  /** The range, for messages. */
  String range() {
    return whole ? (long) least + " to " + (long) most : least + " to " + most;
  }
}
